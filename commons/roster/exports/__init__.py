"""A roster as a file: asked for by one, allowed by another, taken once, sealed."""
