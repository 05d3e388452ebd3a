"""Gathering marked sentences, and checking that a language says all of them."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from commons.i18n import FOLDER

ROOT = FOLDER.parent.parent
METHODS = [
    ("app.py", "python"),
    ("commons/**.py", "python"),
    ("rapidresponse/**.py", "python"),
    ("mutualaid/**.py", "python"),
    ("templates/**.html", "jinja2.ext:babel_extract"),
]
OPTIONS = {"templates/**.html": {"trimmed": "true", "newstyle_gettext": "true", "silent": "false"}}
KEYWORDS = {
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "_l": None,
    "lazy_gettext": None,
}
# Not for people who use the product: the simulator and the page of components speak English.
SKIP = ("templates/simulator/", "templates/styleguide.html", "commons/messaging/simulator/")
FOLDERS = ("commons", "rapidresponse", "mutualaid", "templates")
# Every sentence must be there. Other languages may be in the making; they fall back to English.
COMPLETE = ("es",)
_PASSING = (
    b'"POT-Creation-Date', b'"PO-Revision-Date', b'"Generated-By', b'"Last-Translator',
    b'"Language-Team', b'"Report-Msgid-Bugs-To',
)  # fmt: skip
_PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")


def gather() -> Catalog:
    """Return a catalogue of every sentence marked in the code and the templates."""
    catalog = Catalog(project="Farolito", charset="utf-8")
    for folder in FOLDERS:
        found = extract_from_dir(
            ROOT / folder,
            [(pattern.split("/", 1)[1], how) for pattern, how in METHODS if _in(pattern, folder)],
            {
                pattern.split("/", 1)[1]: options
                for pattern, options in OPTIONS.items()
                if _in(pattern, folder)
            },
            keywords=KEYWORDS,
            comment_tags=("Translators:",),
        )
        for name, _line, sentence, comments, context in found:
            path = f"{folder}/{name}"
            if sentence and not path.startswith(SKIP):
                # Without line numbers: they would change with every edit.
                catalog.add(sentence, None, [(path, 0)], auto_comments=comments, context=context)
    return catalog


def _in(pattern: str, folder: str) -> bool:
    return pattern.startswith(f"{folder}/")


def languages() -> list[Path]:
    """Return the catalogue files that exist."""
    return sorted(FOLDER.glob("*/LC_MESSAGES/messages.po"))


def read(path: Path) -> Catalog:
    """Read one language's catalogue."""
    with path.open("rb") as file:
        return read_po(file, locale=path.parent.parent.name)


def update() -> None:
    """Bring every catalogue up to date, without guessing at changed sentences."""
    template = gather()
    for path in languages():
        catalog = read(path)
        catalog.update(template, no_fuzzy_matching=True)
        catalog.obsolete.clear()
        # Babel splits this header at a space, and would add one to it every time.
        catalog.project, catalog.version = "Farolito", "screens"
        buffer = io.BytesIO()
        write_po(
            buffer, catalog, width=100, no_location=True, omit_header=False, ignore_obsolete=True,
            sort_output=True,
        )  # fmt: skip
        path.write_bytes(b"".join(_lasting(buffer.getvalue())))


def _lasting(text: bytes) -> Iterator[bytes]:
    """Leave out the headers that would change with every run, or that name nobody."""
    for line in text.splitlines(keepends=True):
        if not line.startswith(_PASSING):
            yield line


def faults() -> list[str]:
    """Return a sentence for each gap in a complete language and each broken placeholder."""
    template = gather()
    found: list[str] = []
    for path in languages():
        code, catalog = path.parent.parent.name, read(path)
        found += [f"{code}: {fault}" for fault in _broken(catalog)]
        if code in COMPLETE:
            found += [f"{code} lacks: {sentence}" for sentence in _missing(template, catalog)]
    existing = {path.parent.parent.name for path in languages()}
    return found + [f"{code} has no catalogue" for code in COMPLETE if code not in existing]


def _missing(template: Catalog, catalog: Catalog) -> Iterator[str]:
    for message in template:
        if not message.id:
            continue
        key = message.id[0] if isinstance(message.id, tuple) else message.id
        said = catalog.get(key, message.context)
        if said is None or not _strings(said) or not all(_strings(said)):
            yield str(key)


def _strings(message: Message) -> tuple[str, ...]:
    said = message.string
    return tuple(said) if isinstance(said, (tuple, list)) else (said,) if said else ()


def _broken(catalog: Catalog) -> Iterator[str]:
    for message in catalog:
        if not message.id:
            continue
        ids = list(message.id) if isinstance(message.id, tuple) else [str(message.id)]
        wanted = set(_PLACEHOLDER.findall(" ".join(ids)))
        for said in _strings(message):
            if said and set(_PLACEHOLDER.findall(said)) - wanted:
                yield f"a placeholder is not in the English: {said}"
            elif said and len(ids) == 1 and set(_PLACEHOLDER.findall(said)) != wanted:
                yield f"a placeholder is missing: {said}"
