"""The gateway's `styled` text mode: markers become style ranges, unpaired ones vanish."""

from __future__ import annotations

MARKERS = (
    ("***", ("BOLD", "ITALIC")),
    ("**", ("BOLD",)),
    ("*", ("ITALIC",)),
    ("~", ("STRIKETHROUGH",)),
    ("||", ("SPOILER",)),
    ("`", ("MONOSPACE",)),
)


def parse(text: str) -> tuple[str, list[str]]:
    """The plain text and its ranges as `start:length:STYLE`, in UTF-16 units.

    Unpaired markers are dropped, as the gateway does (`2*3` becomes `23`); a backslash before
    a marker keeps it.
    """
    plain: list[str] = []
    styles: list[str] = []
    opened: dict[str, int] = {}
    position = 0
    while position < len(text):
        if text[position] == "\\" and text[position + 1 : position + 2] in {"*", "~", "`", "|"}:
            plain.append(text[position + 1])
            position += 2
            continue
        marker, names = _marker_at(text, position)
        if not marker:
            plain.append(text[position])
            position += 1
            continue
        here = _units("".join(plain))
        if marker in opened:
            start = opened.pop(marker)
            styles += [f"{start}:{here - start}:{name}" for name in names]
        else:
            opened[marker] = here
        position += len(marker)
    return "".join(plain), styles


def _marker_at(text: str, position: int) -> tuple[str, tuple[str, ...]]:
    for marker, names in MARKERS:
        if text.startswith(marker, position):
            return marker, names
    return "", ()


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
