"""Telling people what happened, and knowing what became of every message."""
