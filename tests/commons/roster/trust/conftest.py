"""The school that the tests of trust share."""

import pytest

from tests.builders import Cast
from tests.commons.roster.trust.network import Network


@pytest.fixture
def network(cast: Cast) -> Network:
    return Network.make(cast)
