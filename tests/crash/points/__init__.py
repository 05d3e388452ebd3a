"""The crash-point harness: kill -9 at every effect of every scenario, and look at what is left.

`scenarios.py` says how to write one; `campaign.py` runs them; `invariants.py` holds what must be
true afterwards, whatever happened.
"""
