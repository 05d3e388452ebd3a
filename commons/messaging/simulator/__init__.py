"""A simulated Signal gateway with phones, for `make run` and for tests."""

from .phones import Failure, Plan
from .simulator import Simulator

__all__ = ["Failure", "Plan", "Simulator"]
