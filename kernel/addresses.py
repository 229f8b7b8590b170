"""Addresses on the web: what may be made a link of, and nothing that a browser would run."""

from urllib.parse import urlsplit


def is_web_address(text: object) -> bool:
    """Whether a text is an address over HTTP with a host (RFC 9110 4.2), without blanks or signs that do not show."""
    if not isinstance(text, str):
        return False
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and text.isprintable() and " " not in text
    except ValueError:
        return False
