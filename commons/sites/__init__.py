"""Districts, county offices and sites: real school lists, places, posture, distance."""
