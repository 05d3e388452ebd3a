"""Sealed text opens only in its own place, with its own key, unchanged."""

import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commons.crypto import KeyRing, Unreadable, make_key_file, public_id

RING = KeyRing.generate()


@given(st.text())
def test_what_was_sealed_opens_again(text: str) -> None:
    assert RING.open(RING.seal(text, "person.name.x"), "person.name.x") == text


@given(st.binary(max_size=200))
def test_bytes_that_were_not_sealed_are_unreadable(data: bytes) -> None:
    with pytest.raises(Unreadable):
        RING.open(data, "person.name.x")


def test_a_value_moved_to_another_row_is_unreadable() -> None:
    with pytest.raises(Unreadable):
        RING.open(RING.seal("Ana", "person.name.x"), "person.name.y")


def test_a_changed_byte_is_unreadable() -> None:
    sealed = bytearray(RING.seal("Ana", "c"))
    sealed[-1] ^= 1
    with pytest.raises(Unreadable):
        RING.open(bytes(sealed), "c")


def test_lengths_tell_nothing_within_a_step_of_64_bytes() -> None:
    lengths = {len(RING.seal("x" * n, "c")) for n in range(63)}
    assert len(lengths) == 1


def test_after_a_new_key_old_values_still_open_and_new_ones_need_it() -> None:
    newer = RING.rotated()
    assert newer.open(RING.seal("Ana", "c"), "c") == "Ana"
    with pytest.raises(Unreadable):
        RING.open(newer.seal("Ana", "c"), "c")
    assert newer.blind("Ana", "c") == RING.blind("Ana", "c")


def test_a_blind_index_depends_on_key_column_and_value() -> None:
    found = {
        RING.blind("a", "c"), RING.blind("b", "c"), RING.blind("a", "d"),
        KeyRing.generate().blind("a", "c"),
    }  # fmt: skip
    assert len(found) == 4


def test_a_key_file_is_for_its_owner_alone_and_never_written_over(tmp_path: Path) -> None:
    made = make_key_file(tmp_path / "keys.toml")
    assert stat.S_IMODE((tmp_path / "keys.toml").stat().st_mode) == 0o600
    assert KeyRing.parse((tmp_path / "keys.toml").read_text()) == made
    with pytest.raises(FileExistsError):
        make_key_file(tmp_path / "keys.toml")


@pytest.mark.parametrize("text", ["", "not toml [", "root = 1", 'root = "AA=="\ncurrent = 1'])
def test_a_text_that_is_no_key_ring_is_refused_in_words(text: str) -> None:
    with pytest.raises(ValueError, match=r"not a Farolito key file|missing or has the wrong"):
        KeyRing.parse(text)


def test_public_ids_are_long_different_and_without_look_alikes() -> None:
    found = {public_id() for _ in range(1000)}
    assert len(found) == 1000
    assert all(len(one) == 22 and not set(one) & set("01OIl") for one in found)


@given(st.integers(0, 2**40 - 1))
def test_a_ticket_opens_for_its_own_purpose_and_no_other(number: int) -> None:
    ticket = RING.ticket(number, "one")
    assert RING.ticket_number(ticket, "one") == number
    assert RING.ticket_number(ticket, "two") is None
    assert KeyRing.generate().ticket_number(ticket, "one") is None


def test_a_ticket_is_short_and_hides_its_number() -> None:
    tickets = [RING.ticket(number, "one") for number in range(200)]
    assert {len(ticket) for ticket in tickets} == {22}
    # Neighbours share nothing but by chance: a row's number would be there to see.
    assert len({ticket[:6] for ticket in tickets}) == 200


@given(st.text(max_size=40) | st.text("AZaz09-_", min_size=22, max_size=22))
def test_a_forged_ticket_opens_nothing(forged: str) -> None:
    assert RING.ticket_number(forged, "one") is None


def test_a_changed_letter_makes_a_ticket_worthless() -> None:
    ticket = RING.ticket(7, "one")
    for place in range(22):
        other = "B" if ticket[place] == "A" else "A"
        forged = f"{ticket[:place]}{other}{ticket[place + 1 :]}"
        assert RING.ticket_number(forged, "one") is None
