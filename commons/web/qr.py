"""QR codes, drawn here, so that no page asks another host for one."""

from __future__ import annotations


def drawing(text: str) -> str:
    """Return a QR code as a data address for an image, dark on white in every theme."""
    # On first use: few ever see it, and every start of the web would pay 30 ms for it.
    import segno

    return str(segno.make(text, error="m").svg_data_uri(scale=5, border=4, light="#fff"))
