"""Conversations in Signal: one question a message, carried on from flows that are data."""
