"""The pages of roles: who fills them at a site and in a district, and which have a gap."""
