"""Templates as compiled code, kept where Python keeps its own, and on the same terms."""

from __future__ import annotations

import contextlib
import importlib.util
import sys
from pathlib import Path

from jinja2 import FileSystemBytecodeCache
from jinja2.bccache import Bucket


class CompiledTemplates(FileSystemBytecodeCache):
    """Keeps what a template was compiled to, so that the next start only reads it.

    The source is compared each time, so that nothing stale is ever shown. A folder that cannot
    be written, or `PYTHONDONTWRITEBYTECODE`, means that nothing is kept.
    """

    def __init__(self, templates: Path) -> None:
        """Keep them in `__pycache__` beside the templates, or wherever Python was told to."""
        self.folder = Path(importlib.util.cache_from_source(str(templates / "any.py"))).parent
        super().__init__(str(self.folder), "%s.jinja")

    def load_bytecode(self, bucket: Bucket) -> None:
        """Read one template, where it was kept."""
        with contextlib.suppress(OSError):
            super().load_bytecode(bucket)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep one template, where that is possible."""
        if not sys.dont_write_bytecode:
            with contextlib.suppress(OSError):
                self.folder.mkdir(parents=True, exist_ok=True)
                super().dump_bytecode(bucket)
