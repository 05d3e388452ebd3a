"""Everything that somebody holds at a site ends in one act, and the act has a proof."""
