"""Every template compiles, keeps the content policy, and marks each sentence for translation."""

import datetime as dt
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import html5lib
import pytest
from jinja2 import Environment, FileSystemLoader, TemplateSyntaxError, nodes
from markupsafe import Markup
from wtforms import (
    BooleanField,
    Form,
    PasswordField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TelField,
    TextAreaField,
    validators,
    widgets,
)

ROOT = Path(__file__).parent.parent
TEMPLATES = ROOT / "templates"
STATIC = ROOT / "commons" / "static"
PAGES = sorted(path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.html"))
COMPONENTS = [name for name in PAGES if name.startswith("components/")]
# The simulator speaks to operators in English; the other two say why in their first line.
UNMARKED = ("simulator/", "errors/500.html", "styleguide.html")
MARKED = [name for name in PAGES if not name.startswith(UNMARKED)]
SPOKEN_ATTRIBUTES = {"alt", "aria-label", "placeholder", "title"}
PROPER_NAMES = {"Farolito", "Signal"}
INLINE = {
    "a script with a body": r"<script(?![^>]*\bsrc=)",
    "a style element": r"<style\b",
    "a style attribute": r"""\sstyle\s*=\s*["']""",
    "an event handler": r"""\s(?:hx-)?on[:a-z-]+\s*=\s*["']""",
    "a javascript address": r"javascript:",
    "evaluated htmx": r"""(?:hx-vals|hx-headers)[^=]*=\s*["']js:|hx-trigger=["'][^"']*\[""",
    "another host": r"""(?:https?:)?//(?!www\.w3\.org/)[\w-]+\.[\w.-]+""",
}


class Ticks(SelectMultipleField):
    option_widget = widgets.CheckboxInput()


class Everything(Form):
    """One field of each kind, as the style guide needs them."""

    place = StringField("Where was it seen", [validators.DataRequired("Enter where it was seen")])
    phone = TelField("Phone number", [validators.Optional()])
    code = PasswordField("Password")
    answer = SelectField("Language", choices=[SelectChoice("en", "English")])
    kind = RadioField(
        "What do you need",
        [validators.InputRequired("Choose what you need")],
        choices=[SelectChoice("ride", "A ride"), SelectChoice("unsure", "I am not sure")],
    )
    channels = Ticks("How may we reach you", choices=[SelectChoice("signal", "Signal")])
    words = TextAreaField("Words of the message")
    agree = BooleanField("Send me alerts of this school")


def environment() -> Environment:
    """A Jinja environment with the names that every template may count on, and no others."""
    made = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True)
    made.add_extension("jinja2.ext.i18n")
    made.install_gettext_callables(
        lambda words: words, lambda one, many, n: one if n == 1 else many, newstyle=True
    )
    made.globals["static"] = lambda path: f"/static/{path}"
    made.globals["csrf_token"] = lambda: "token"
    made.globals["url_for"] = lambda endpoint, **_values: f"/{endpoint}"
    made.filters["when"] = lambda moment: Markup("<time>{}</time>").format(moment.isoformat())
    made.filters["path"] = str  # the simulator's own
    made.filters["number"] = lambda number: f"{number:,}"
    return made


def source(name: str) -> str:
    """The text of one template."""
    return (TEMPLATES / name).read_text(encoding="utf-8")


def rendered(name: str, **values: Any) -> str:
    """A page as a browser would get it, for a visitor who is signed in unless told otherwise."""
    english = {"tag": "en", "name": "English", "direction": "ltr", "url": "?l=en", "current": True}
    arabic = {"tag": "ar", "name": "العربية", "direction": "rtl", "url": "?l=ar", "current": False}
    usual = {
        "locale": english,
        "languages": [english, arabic],
        "visitor": {"name": "A. Reyes", "site_name": "Maple Street School", "home_url": "/home"},
        "demonstration": True,
        "now": dt.datetime(2026, 11, 24, 14, 42, tzinfo=dt.UTC),
    }
    return environment().get_template(name).render(usual | values)


def inline_faults(text: str) -> list[str]:
    """What in a template the content policy would refuse, in words."""
    return [fault for fault, pattern in INLINE.items() if re.search(pattern, text, re.I)]


def missing_icons(text: str) -> set[str]:
    """Icons that templates name and the sprite does not draw."""
    drawn = re.findall(r'<symbol id="([\w-]+)"', (STATIC / "icons.svg").read_text("utf-8"))
    return set(re.findall(r"""(?:icon\(|drawing=)["']([\w-]+)["']""", text)) - set(drawn)


def unused_imports(text: str) -> set[str]:
    """Names that a template imports and never says again."""
    tree = environment().parse(text)
    imported = {
        name if isinstance(name, str) else name[1]
        for found in tree.find_all(nodes.FromImport)
        for name in found.names
    }
    imported |= {found.target for found in tree.find_all(nodes.Import)}
    return imported - {found.name for found in tree.find_all(nodes.Name) if found.ctx == "load"}


class _Spoken(HTMLParser):
    """Collects the words that a person would see or hear."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.words.extend(value or "" for name, value in attrs if name in SPOKEN_ATTRIBUTES)


def unmarked_sentences(text: str) -> list[str]:
    """Words that would reach a person untranslated: bare text, or a capital in a macro's call."""
    tree = environment().parse(text)
    parser = _Spoken()
    parser.feed("".join(part.data for part in tree.find_all(nodes.TemplateData)))
    found = list(parser.words)
    for output in tree.find_all(nodes.Output):
        found += [part.value for part in output.nodes if isinstance(part, nodes.Const)]
    macros = {
        name if isinstance(name, str) else name[1]
        for imported in tree.find_all(nodes.FromImport)
        for name in imported.names
    }
    for call in tree.find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name in macros:
            values = [*call.args, *(pair.value for pair in call.kwargs)]
            found += [
                value.value
                for value in values
                if isinstance(value, nodes.Const)
                and isinstance(value.value, str)
                and re.match(r"[^\W\d_a-z]", value.value)
            ]
    words = {str(item).strip(" \n\t·–:") for item in found} - PROPER_NAMES
    return sorted(item for item in words if re.search(r"[^\W\d_]", item))


@pytest.mark.parametrize("name", PAGES)
def test_a_template_compiles(name: str) -> None:
    environment().get_template(name)


@pytest.mark.parametrize("name", PAGES)
def test_a_template_has_nothing_inline_and_names_no_other_host(name: str) -> None:
    assert inline_faults(source(name)) == []


@pytest.mark.parametrize("name", PAGES)
def test_a_template_uses_what_it_imports(name: str) -> None:
    assert unused_imports(source(name)) == set()


@pytest.mark.parametrize("name", MARKED)
def test_every_sentence_is_marked_for_translation(name: str) -> None:
    assert unmarked_sentences(source(name)) == []


@pytest.mark.parametrize("name", COMPONENTS)
def test_a_component_is_small(name: str) -> None:
    assert len(source(name).splitlines()) <= 40


@pytest.mark.parametrize("name", [page for page in PAGES if page.startswith("errors/")])
@pytest.mark.parametrize("visitor", [None, {"home_url": "/home"}])
def test_an_error_page_is_valid_and_has_one_heading(name: str, visitor: Any) -> None:
    text = rendered(name, visitor=visitor, reference="A-7Q2M")
    html5lib.HTMLParser(strict=True).parse(text)
    assert text.count("<h1>") == 1
    assert "A-7Q2M" in text


def test_a_page_without_a_visitor_asks_for_no_token() -> None:
    text = rendered("errors/404.html", visitor=None)
    assert "csrf_token" not in text
    assert "hx-headers" not in text


def test_the_style_guide_shows_every_component_in_valid_html() -> None:
    text = rendered("styleguide.html", form=Everything())
    html5lib.HTMLParser(strict=True).parse(text)
    ids = re.findall(r'\sid="([^"]+)"', text)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'(?:for|href|aria-describedby)="#?([a-z]+-[a-z0-9-]+)"', text)) <= set(
        ids
    )
    asked = set(
        re.findall(r'"(components/\w+\.html)"', source("styleguide.html") + source("base.html"))
    )
    assert set(COMPONENTS) - asked == {"components/field_error.html"}


def test_a_failed_form_says_so_in_title_summary_and_field() -> None:
    form = Everything(data={})
    form.validate()
    text = rendered("styleguide.html", form=form)
    assert re.search(r"<title>\s*Error: Style guide", text)
    assert "There is a problem" in text
    assert '<a href="#place">Enter where it was seen</a>' in text
    assert '<a href="#kind-0">Choose what you need</a>' in text
    assert re.search(r'<input[^>]*aria-describedby="place-hint place-error"[^>]*>', text)
    assert re.search(r'<input[^>]*aria-invalid="true"[^>]*id="place"', text)
    assert '<span class="visually-hidden">Error:</span> Enter where it was seen' in text


def test_what_people_typed_stays_text_in_the_title() -> None:
    child = '{% extends "base.html" %}{% block title %}<bdi>{{ typed }}</bdi>{% endblock %}'
    made = environment().from_string(child)
    text = made.render(typed="<b>x</b>", locale={"tag": "en", "direction": "ltr"})
    assert "&lt;b&gt;x&lt;/b&gt; – Farolito" in text
    assert "<h1><bdi>&lt;b&gt;x&lt;/b&gt;</bdi></h1>" in text


def test_every_icon_named_is_in_the_sprite() -> None:
    assert missing_icons("".join(source(page) for page in PAGES)) == set()


@pytest.mark.parametrize(
    "flaw",
    [
        "<script>go()</script>",
        "<style>p{}</style>",
        '<p style="color: red">',
        '<a onclick="go()">',
        '<a href="javascript:go()">',
        '<p hx-on:click="go()">',
        '<p hx-trigger="keyup[ctrlKey]">',
        """<p hx-vals='js:{a: 1}'>""",
        '<script src="//cdn.example.com/a.js" defer></script>',
        '<img src="https://example.com/a.png" alt="">',
    ],
)
def test_inline_flaws_are_seen(flaw: str) -> None:
    assert inline_faults(flaw)


def test_a_template_that_does_not_compile_is_seen() -> None:
    with pytest.raises(TemplateSyntaxError):
        environment().from_string("{% if here %}<p>")
    with pytest.raises(TemplateSyntaxError):
        environment().from_string("{{ moment | whenever }}")


def test_a_missing_icon_is_seen() -> None:
    assert missing_icons('{{ icon("unicorn") }}{{ button(_("Go"), drawing="dragon") }}') == {
        "unicorn",
        "dragon",
    }


def test_an_unused_import_is_seen() -> None:
    assert unused_imports('{% from "components/icon.html" import icon as star %}') == {"star"}


@pytest.mark.parametrize(
    "flaw",
    [
        "<p>Send it now</p>",
        '<a aria-label="Close"></a>',
        '{{ "Send" }}',
        '{% from "components/button.html" import button %}{{ button("Send") }}',
        "{% if a %}<b>{{ _('Yes') }} o Ángel</b>{% endif %}",
    ],
)
def test_an_unmarked_sentence_is_seen(flaw: str) -> None:
    assert unmarked_sentences(flaw)


@pytest.mark.parametrize("fine", ["{{ _('Send') }}", "{% trans %}Send{% endtrans %}", "<p>· 3</p>"])
def test_a_marked_sentence_passes(fine: str) -> None:
    assert unmarked_sentences(fine) == []
