"""The pages on which administrators see to who signs in."""
