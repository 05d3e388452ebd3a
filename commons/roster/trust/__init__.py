"""How far somebody can be trusted at a site: dated records, and members' words for each other."""
