"""Journeys use the relay over the simulator, and the school of the alert tests."""

from tests.commons.messaging.conftest import hook, post
from tests.rapidresponse.alerts.conftest import school

__all__ = ["hook", "post", "school"]
