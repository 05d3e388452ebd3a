"""What is held about a person: they read it, take it with them, and erase it, with a receipt."""
