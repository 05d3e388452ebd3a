"""A gateway to hold against its contract: ours by default, any other by its address.

FAROLITO_GATEWAY_URL names a running gateway; then FAROLITO_GATEWAY_ACCOUNT is its account and
FAROLITO_GATEWAY_RECIPIENT a number that may be written to. Cases that need a fault are left out.
"""

from collections.abc import Iterator

import pytest

from tests.gateway.wire import SHAPES, Wire, real_gateway, wires


@pytest.fixture(params=SHAPES, ids=["-".join(shape) for shape in SHAPES])
def wire(request: pytest.FixtureRequest) -> Iterator[Wire]:
    """One gateway per profile and mode; a real one where it is of that kind."""
    real, (profile, mode) = real_gateway(), request.param
    if real is None:
        yield from wires(profile, mode)
    elif (real.profile, real.json_rpc) == (profile, mode == "json-rpc"):
        yield real
    else:
        pytest.skip("the gateway at FAROLITO_GATEWAY_URL is of another kind")


@pytest.fixture
def daemon(request: pytest.FixtureRequest) -> Iterator[Wire]:
    """The newest gateway in json-rpc mode."""
    yield from wires("head", "json-rpc")


@pytest.fixture
def polled() -> Iterator[Wire]:
    """The newest gateway in normal mode."""
    yield from wires("head", "normal")
