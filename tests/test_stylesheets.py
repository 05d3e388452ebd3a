"""Style sheets keep to the tokens, mirror by themselves, and can be read by everyone."""

import gzip
import hashlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
STATIC = ROOT / "commons" / "static"
SHEETS = sorted(path.name for path in (STATIC / "css").glob("*.css"))
TOKENS = (STATIC / "css" / "tokens.css").read_text("utf-8")
FIRST_LOAD = [
    "css/tokens.css",
    "css/base.css",
    "css/components.css",
    "css/print.css",
    "js/htmx.min.js",
    "js/enhance.js",
    "icons.svg",
    "favicon.svg",
]
FIRST_LOAD_BYTES = 45_000
SIDES = re.compile(
    r"(?<![\w-])(?:(?:margin|padding|border|inset|scroll-\w+)-)?(?:left|right|top|bottom)(?:-\w+)*\s*:"
    r"|:\s*[^;{}]*(?<![\w-])(?:left|right)(?![\w-])"
    r"|(?<![\w-])(?:min-|max-)?(?:width|height)\s*:"
)
NAMED = (
    "aqua|black|blue|brown|cyan|gold|gr[ae]y|green|indigo|magenta|maroon|navy|orange|pink|purple"
)
COLOURS = re.compile(
    r"#[0-9a-fA-F]{3,8}\b|\b(?:rgba?|hsla?|hwb|lab|lch|oklab|oklch|color|color-mix)\("
    rf"|(?<![\w-])(?:{NAMED}|red|silver|tan|teal|violet|white|yellow)(?![\w-])"
)
MOTION = re.compile(r"(?<![\w-])(?:animation|transition|scroll-behavior)(?:-\w+)*\s*:|@keyframes")
# Text on its ground, and lines and controls beside theirs.
TEXT = [
    *(
        (ink, ground)
        for ink in ("text", "muted", "link")
        for ground in ("page", "surface", "sunken")
    ),
    *(
        (tone, ground)
        for tone in ("danger", "warning", "success", "info")
        for ground in ("page", "surface")
    ),
    *((tone, f"{tone}-soft") for tone in ("danger", "warning", "success", "info")),
    *(("text", f"{tone}-soft") for tone in ("danger", "warning", "success", "info")),
    *(("link", f"{tone}-soft") for tone in ("danger", "warning", "success", "info")),
    ("action-text", "action"),
    ("action-text", "action-pressed"),
    ("text", "chosen"),
    ("muted", "chosen"),
    ("link", "chosen"),
    ("unverified-text", "unverified"),
    ("confirmed-text", "confirmed"),
    ("exercise-text", "exercise"),
    ("exercise-text", "exercise-hatch"),
    ("bubble-text", "bubble"),
    ("dusk-text", "dusk"),
    ("dusk-muted", "dusk"),
]
CONTROLS = [
    ("line", "page"),
    ("line", "surface"),
    ("action", "page"),
    ("action", "surface"),
    ("lantern", "dusk"),
    ("lantern", "glow"),
]


def rules(text: str) -> str:
    """A sheet without its comments, and without the conditions of its media queries."""
    return re.sub(r"@(?:media|supports)[^{]*", "@", re.sub(r"/\*.*?\*/", "", text, flags=re.S))


def values(text: str) -> str:
    """The values of a sheet's declarations, one a line."""
    return "\n".join(re.findall(r":([^:;{}]+)[;}]", rules(text)))


def faults(text: str) -> list[str]:
    """What in a sheet breaks the house rules, in words."""
    found = [f"a physical side: {match.group().strip()}" for match in SIDES.finditer(rules(text))]
    found += [f"a colour of its own: {match.group()}" for match in COLOURS.finditer(values(text))]
    found += ["it shouts"] * text.count("!important")
    found += [f"it moves: {match.group()}" for match in MOTION.finditer(rules(text))]
    return found


def token_pairs(text: str) -> dict[str, tuple[str, str]]:
    """Each colour token with its value by day and by night."""
    found = re.findall(r"--([\w-]+):[^;]*?light-dark\((#\w+), (#\w+)\)", text)
    return {name: (day, night) for name, day, night in found}


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it, for #rrggbb."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """The ratio of two colours, from 1 to 21."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def too_faint(text: str, pairs: list[tuple[str, str]], least: float) -> list[str]:
    """The pairs of tokens whose contrast is below a limit in either scheme."""
    tokens = token_pairs(text)
    return [
        f"{ink} on {ground} by {scheme}: {ratio:.2f}"
        for ink, ground in pairs
        for at, scheme in enumerate(("day", "night"))
        if (ratio := contrast(tokens[ink][at], tokens[ground][at])) < least
    ]


@pytest.mark.parametrize("name", SHEETS)
def test_a_sheet_keeps_the_house_rules(name: str) -> None:
    found = faults((STATIC / "css" / name).read_text("utf-8"))
    if name == "tokens.css":
        found = [fault for fault in found if not fault.startswith("a colour")]
    assert found == []


@pytest.mark.parametrize("name", SHEETS)
def test_a_sheet_is_short_and_asks_for_no_other_file(name: str) -> None:
    text = (STATIC / "css" / name).read_text("utf-8")
    assert len(text.splitlines()) <= 300
    assert not re.search(r"@import|url\(", text)


def unknown_tokens(text: str) -> set[str]:
    """Custom properties that a sheet reads and nobody sets."""
    known = set(re.findall(r"(--[\w-]+)\s*:", TOKENS + text)) | {"--tone", "--tone-soft"}
    return set(re.findall(r"var\((--[\w-]+)", text)) - known


@pytest.mark.parametrize("name", SHEETS)
def test_a_sheet_uses_only_tokens_that_exist(name: str) -> None:
    assert unknown_tokens((STATIC / "css" / name).read_text("utf-8")) == set()


def test_text_can_be_read_in_both_schemes() -> None:
    assert too_faint(TOKENS, TEXT, 4.5) == []


def test_lines_and_controls_can_be_seen_in_both_schemes() -> None:
    assert too_faint(TOKENS, CONTROLS, 3) == []


def test_the_focus_ring_can_be_seen_on_every_ground() -> None:
    tokens = token_pairs(TOKENS)
    for ground in ("page", "surface", "sunken", "action", "dusk", "exercise"):
        for at in (0, 1):
            ring = (
                contrast(tokens[name][at], tokens[ground][at]) for name in ("focus", "focus-line")
            )
            assert max(ring) >= 3, ground


def drifted(text: str) -> list[str]:
    """The tokens whose plain fallback is not the colour of the day or the night."""
    day, night = (
        dict(re.findall(r"--([\w-]+): ([^;]+);", part))
        for part in text.split("FALLBACK")[1].split("PAPER")[0].split("@media")
    )
    return [
        name
        for name, (by_day, by_night) in token_pairs(text).items()
        if not day[name].endswith(by_day) or not (night.get(name) or day[name]).endswith(by_night)
    ]


def test_older_browsers_get_the_same_colours() -> None:
    assert drifted(TOKENS) == []


def test_the_first_page_is_light() -> None:
    assert weight(FIRST_LOAD) <= FIRST_LOAD_BYTES


def weight(files: list[str]) -> int:
    """Bytes of these static files as they travel, each compressed by itself."""
    return sum(len(gzip.compress((STATIC / file).read_bytes(), 9)) for file in files)


def test_vendored_scripts_are_what_they_say() -> None:
    listed = (STATIC / "js" / "CHECKSUMS").read_text("utf-8")
    assert wrong_checksums(listed) == []


def wrong_checksums(listed: str) -> list[str]:
    """The vendored files whose bytes are not those that were listed."""
    rows = [line.split() for line in listed.splitlines() if not line.startswith("#")]
    assert rows
    return [
        file
        for digest, file, _version, _licence in rows
        if hashlib.sha256((STATIC / "js" / file).read_bytes()).hexdigest() != digest
    ]


@pytest.mark.parametrize(
    "flaw",
    [
        "p { margin-left: 1rem; }",
        "p { text-align: right; }",
        "p { float: left; }",
        "p { top: 0; }",
        "p { max-width: 10rem; }",
        "p { color: #fff; }",
        "p { border: 1px solid red; }",
        "p { background: rgb(0 0 0 / 50%); }",
        "p { color: var(--text) !important; }",
        "p { transition: opacity 1s; }",
        "@media (min-width: 1em) { p { border-right: 0; } }",
    ],
)
def test_a_flaw_in_a_sheet_is_seen(flaw: str) -> None:
    assert faults(flaw)


def test_a_faint_pair_is_seen() -> None:
    planted = TOKENS.replace("--muted: light-dark(#5d5668", "--muted: light-dark(#9d96a8")
    assert planted != TOKENS
    assert any(fault.startswith("muted on page by day") for fault in too_faint(planted, TEXT, 4.5))


def test_a_heavy_page_is_seen() -> None:
    assert weight(FIRST_LOAD * 3) > FIRST_LOAD_BYTES


def test_a_changed_script_is_seen() -> None:
    assert wrong_checksums(f"{'0' * 64}  htmx.min.js  htmx.org@4.0.1  0BSD") == ["htmx.min.js"]


def test_an_unknown_token_is_seen() -> None:
    assert unknown_tokens("p { color: var(--rainbow); }") == {"--rainbow"}


def test_a_drifted_fallback_is_seen() -> None:
    assert drifted(TOKENS.replace("--page: #15131b", "--page: #15131c")) == ["page"]
