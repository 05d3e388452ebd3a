"""Processes that a row starts beside ours: the stub of a gateway, and the peers."""
