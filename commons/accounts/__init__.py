"""People who sign in: accounts, memberships, sessions, guards."""
