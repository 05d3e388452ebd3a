"""The demonstration district: real schools as neighbours, invented schools and people."""
