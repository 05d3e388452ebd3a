"""An invited or recovered account sets itself up: a password, then an authenticator app."""
