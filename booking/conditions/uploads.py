"""Uploads: a document is looked into before it is kept; photos lose what the camera noted, as the pictures of venues do."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Protocol, TypeVar

from kernel.errors import Invalid, refuse
from settings import Settings
from venues.pictures import MOST_BYTES, decoded, discard, store

PDF = b"%PDF-"
PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")
KNOWN = ("PDF", "PNG", "JPEG")
KINDS = {".pdf": "application/pdf", ".jpg": "image/jpeg"}


class Filed(Protocol):
    """A row that names a file."""

    @property
    def file(self) -> str: ...


Row = TypeVar("Row", bound=Filed)


def folder(settings: Settings) -> Path:
    """Where the uploads lie."""
    return settings.instance / "uploads"


def document(body: bytes) -> tuple[bytes, str]:
    """What is kept of an uploaded document, and the suffix of its kind: a PDF as it is, a picture made anew as JPEG.

    Its content tells what it is, never its name. Raises Invalid: ``document-missing``, ``file-too-large``,
    ``not-a-document``, ``photo-too-large``.
    """
    if not body:
        raise refuse(Invalid, "document-missing", "document")
    if len(body) > MOST_BYTES:
        raise refuse(Invalid, "file-too-large", "document", len(body), most=MOST_BYTES)
    if body.startswith(PDF):
        return body, ".pdf"
    if not body.startswith(PICTURES):
        raise refuse(Invalid, "not-a-document", "document", known=KNOWN)
    try:
        return decoded(body), ".jpg"
    except Invalid as invalid:
        raise Invalid(*(replace(fault, field="document") for fault in invalid.faults)) from None


def filed(folder: Path, body: bytes, suffix: str, write: Callable[[str], Row]) -> Row:
    """Put a file into the folder and write the row that names it; a file that no row came to name is not kept."""
    file, kept = store(folder, body, suffix), ""
    try:
        row = write(file)
        kept = row.file
    finally:
        if kept != file:
            discard(folder, file)
    return row
