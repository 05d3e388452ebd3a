"""The school that tests of alerts are about."""

from __future__ import annotations

import pytest

from tests import builders
from tests.rapidresponse.alerts.school import School


@pytest.fixture
def school(cast: builders.Cast) -> School:
    """Lincoln with a lead, a teacher, and two families."""
    return School.make(cast)
