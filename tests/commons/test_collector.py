"""The collector is out of the way of a press, and back when it is over."""

import gc

import pytest

from commons.collector import uncollected


@uncollected()
def fails() -> None:
    assert not gc.isenabled()
    raise ValueError("planted")


def test_the_collector_is_back_after_a_failure() -> None:
    with pytest.raises(ValueError, match="planted"):
        fails()
    assert gc.isenabled()


def test_who_comes_second_does_not_switch_it_on_for_the_first() -> None:
    with uncollected():
        with uncollected():
            pass
        assert not gc.isenabled()
