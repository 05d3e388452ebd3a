"""Spanish says everything; every other language says what it says rightly."""

from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from commons import catalogs, i18n


def test_spanish_lacks_nothing_and_no_placeholder_is_broken() -> None:
    assert catalogs.faults() == []


def test_the_languages_of_screens_are_known() -> None:
    assert {"en", "es", "fa"} <= set(i18n.catalogs()) <= set(i18n.TAGS)


@pytest.mark.parametrize("path", catalogs.languages(), ids=lambda p: p.parent.parent.name)
def test_plurals_have_every_form_that_the_language_needs(path: Path) -> None:
    catalog = catalogs.read(path)
    for message in catalog:
        if message.pluralizable and any(message.string):
            assert len(message.string) == catalog.num_plurals, message.id


def test_sentences_of_code_and_templates_are_gathered() -> None:
    gathered = catalogs.gather()
    assert gathered.get("Sign out") is not None
    assert gathered.get("This hold has already been lifted.") is not None


def test_a_missing_sentence_would_be_seen() -> None:
    template = Catalog(locale="en")
    template.add("Light the lantern.")
    assert list(catalogs._missing(template, Catalog(locale="es"))) == ["Light the lantern."]


@pytest.mark.parametrize("said", ["Espere %(minutos)s minutos.", "Espere."])
def test_a_broken_placeholder_would_be_seen(said: str) -> None:
    catalog = Catalog(locale="es")
    catalog.add("Wait %(minutes)s minutes.", said)
    assert list(catalogs._broken(catalog))
