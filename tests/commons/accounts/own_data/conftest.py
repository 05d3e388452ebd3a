"""Two families of one school, of whom every table holds something."""

from __future__ import annotations

import pytest

from commons.accounts.own_data import gathering
from rapidresponse.alerts import own_data as of_alerts
from tests.builders import Cast
from tests.commons.accounts.own_data.life import Life, live


@pytest.fixture(autouse=True)
def _as_composed(monkeypatch: pytest.MonkeyPatch) -> None:
    """As the composition root leaves it, whichever test ran before."""
    monkeypatch.setattr(gathering, "_from_above", of_alerts.SOURCES)
    monkeypatch.setattr(gathering, "_public_url", "https://farolito.test")


@pytest.fixture
def zenobia(cast: Cast) -> Life:
    return live(cast, "Zenobia Quetzal", "+18185550177", "the heron flies at nine")


@pytest.fixture
def olga(cast: Cast) -> Life:
    return live(cast, "Olga Otherwise", "+18185550188", "the owl sleeps at noon")
