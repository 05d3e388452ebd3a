"""A second person looks: at what is there, and afterwards at what could not wait."""
