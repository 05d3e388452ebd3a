"""What happened outside: what phones got and what people were told. It outlives every kill."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any


class Journal:
    """Lines in a file, each appended in one write: the kill comes before a line or after it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def add(self, what: str, **facts: Any) -> None:
        os.write(self._descriptor, json.dumps({"what": what, **facts}).encode() + b"\n")

    def lines(self, *kinds: str) -> list[dict[str, Any]]:
        """Return the lines of these kinds, oldest first; all of them when none is named."""
        found = [json.loads(line) for line in self.path.read_bytes().splitlines()]
        return [line for line in found if not kinds or line["what"] in kinds]

    def close(self) -> None:
        os.close(self._descriptor)
