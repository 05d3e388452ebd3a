"""People a school can reach: contact methods, consent, slots and who fills them."""
