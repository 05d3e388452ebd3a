"""The page of an alert that anybody with its link can read, drawn once and served as it is."""
