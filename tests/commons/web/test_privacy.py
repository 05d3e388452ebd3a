"""The privacy page is the inventory that the purge carries out, in the visitor's language."""

from commons.retention import inventory
from tests import page


def test_every_kind_of_record_is_on_the_page(browser: page.Browser) -> None:
    words = browser.get("/privacy").words
    for table in inventory()["tables"].values():
        assert table["what"]["en"] in words
        assert table["life"]["en"] in words


def test_it_speaks_spanish(browser: page.Browser) -> None:
    assert "72 horas después de terminar la alerta" in browser.get("/privacy?language=es").words


def test_every_reader_has_words_in_both_languages() -> None:
    readers = {word for table in inventory()["tables"].values() for word in table["readers"]}
    assert readers <= set(inventory()["readers"])
    assert all({"en", "es"} <= set(words) for words in inventory()["readers"].values())
