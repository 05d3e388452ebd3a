"""Signing in without a password: by a code sent from Signal, or by one on a sheet of paper."""
