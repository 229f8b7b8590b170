"""Catalogues: the compiled translations that gettext reads, made from the written ones when they are missing or old."""

import os
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po


def compile_missing(folder: Path) -> None:
    """Compile each ``messages.po`` under the folder that has no newer ``messages.mo``."""
    for written in sorted(folder.glob("*/LC_MESSAGES/messages.po")):
        compiled = written.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime < written.stat().st_mtime:
            compile_one(written, compiled)


def compile_one(written: Path, compiled: Path) -> None:
    """Write the compiled file beside its place and move it there: other processes may be reading it."""
    with written.open("rb") as file:
        catalogue = read_po(file, locale=written.parent.parent.name)
    unfinished = compiled.with_suffix(f".{os.getpid()}.new")
    with unfinished.open("wb") as file:
        write_mo(file, catalogue)
    unfinished.replace(compiled)
