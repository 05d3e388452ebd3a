"""The same school as the tests beside these."""

from tests.rapidresponse.alerts.conftest import school

__all__ = ("school",)
