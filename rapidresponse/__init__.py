"""When something happens at or near a school."""
