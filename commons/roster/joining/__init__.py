"""How families and volunteers come in: a site's invites, and who waits to be admitted."""
