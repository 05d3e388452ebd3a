"""Looking at numbers: whether one is on the roster, and who looked at how many."""
