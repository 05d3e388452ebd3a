"""Killing the relay at bad moments, and proving that the check would see a bad relay."""
