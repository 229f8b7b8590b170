"""Library: the ready-made policies that come with the program, each in a file with the cases it was tried on."""

from functools import cache
from pathlib import Path

from kernel.errors import Missing, refuse
from policies.cases import read_cases
from policies.document import Document

FOLDER = Path(__file__).parent / "library"


def names() -> tuple[str, ...]:
    """What the files are called, without their ending."""
    return tuple(sorted(file.stem for file in FOLDER.glob("*.json")))


def read(name: str) -> tuple[Document, ...]:
    """The documents of a file, widest layer first; raises Missing (``unknown-policy``)."""
    if name not in names():
        raise refuse(Missing, "unknown-policy", "source", name)
    return _documents(FOLDER / f"{name}.json")


@cache
def _documents(file: Path) -> tuple[Document, ...]:
    documents, _cases = read_cases(file.read_text(encoding="utf-8"))
    return tuple(documents)
