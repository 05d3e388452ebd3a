"""A file is sealed so that only its passphrase opens it."""

import re

import pytest
from pyrage import passphrase as age

from commons.roster.exports.sealing import passphrase, seal


def test_the_passphrase_opens_the_file_and_no_other_does() -> None:
    words = passphrase("one", "account:a")
    sealed = seal(b"secret rows", words)
    assert sealed.startswith(b"age-encryption.org/v1")
    assert b"secret" not in sealed
    assert age.decrypt(sealed, words) == b"secret rows"
    with pytest.raises(Exception, match=r"(?i)decrypt"):
        age.decrypt(sealed, passphrase("two", "account:a"))


def test_a_passphrase_can_be_read_aloud_and_belongs_to_one_file_and_person() -> None:
    made = {passphrase(one, who) for one in ("one", "two") for who in ("account:a", "account:b")}
    assert len(made) == 4
    assert all(re.fullmatch(r"([a-z2-7]{5}-){4}[a-z2-7]{5}", words) for words in made)
    assert passphrase("one", "account:a") == passphrase("one", "account:a")
