"""Detectors: what must not stand in a text, found in English and in Spanish.

    for finding in find("Call 213-555-0123"):
        finding.kind, finding.text, finding.kind.sentence()

Pure: no Flask, no database, and no text makes it raise.
"""

from commons.detectors.findings import Finding, Kind
from commons.detectors.search import find

__all__ = ["Finding", "Kind", "find"]
