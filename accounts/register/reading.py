"""Reading: the records of Enhetsregisteret and Frivillighetsregisteret as frozen values, from their JSON or the rows of their CSV.

Fields as documented at data.brreg.no: ``enheter``, ``underenheter``, ``roller`` and ``frivillige-organisasjoner``. A record that is not
what it should be is refused whole; nobody's guess is kept.
"""

import csv
import gzip
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from io import TextIOWrapper
from pathlib import Path
from typing import IO, Any

from stdnum.no import orgnr

from kernel.characters import composed, legible

LONGEST = {"navn": 200, "vedtektsfestetFormaal": 2000}
MOST_HOLDERS, MOST_CATEGORIES = 200, 20
PIECE = 1 << 20
LONGEST_RECORD = 1 << 22
# Who speaks for an organisation: leader, deputy leader and members of the board, manager, contact, owner.
BOARD = ("LEDE", "NEST", "MEDL", "DAGL", "KONT", "INNH")
LANGUAGES = {"bokmål": "nb", "nynorsk": "nn"}


class EntryState(StrEnum):
    """How it is with an organisation; UNKNOWN is a number that no register knows."""

    ACTIVE = "active"
    WINDING_UP = "winding-up"
    BANKRUPT = "bankrupt"
    DELETED = "deleted"
    UNKNOWN = "unknown"


class Unreadable(Exception):
    """What came is no record of the register; the text names the field."""


@dataclass(frozen=True, slots=True)
class Unit:
    """An organisation or a sub-unit (which has a ``parent``); None is what the record does not say."""

    number: str
    name: str = ""
    state: EntryState = EntryState.ACTIVE
    form: str = ""
    municipality: str = ""
    sector: str = ""
    is_voluntary: bool | None = None
    language: str = ""
    parent: str | None = None
    purpose: str = ""
    deleted_on: date | None = None


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a role; no more of a person than what tells two of the same name apart."""

    code: str
    name: str
    born: date | None


@dataclass(frozen=True, slots=True)
class Roles:
    """Who holds the roles that speak for an organisation."""

    number: str
    holders: tuple[Holder, ...] = ()


@dataclass(frozen=True, slots=True)
class Voluntary:
    """The ICNPO categories under which an organisation stands in Frivillighetsregisteret, its own order: number and name."""

    number: str
    categories: tuple[tuple[str, str], ...] = ()


Record = Unit | Roles | Voluntary


def record_of(row: object) -> Record:
    """The record that a row is, by its fields; raises Unreadable."""
    if not isinstance(row, Mapping):
        raise Unreadable("no record")
    if "rollegrupper" in row:
        return roles_of(_number(row), row)
    return voluntary_of(_number(row), row) if "icnpoKategorier" in row else unit_of(row)


def unit_of(row: object) -> Unit:
    """The organisation or sub-unit of a row; raises Unreadable."""
    number, deleted = _number(row), _day(row, "slettedato")
    return Unit(
        number,
        name=_text(row, "navn") or (number if deleted else _missing("navn")),
        state=_state(row, deleted),
        form=_text(row, "organisasjonsform.kode")[:10],
        municipality=(_text(row, "forretningsadresse.kommunenummer") or _text(row, "beliggenhetsadresse.kommunenummer"))[:4],
        sector=_text(row, "institusjonellSektorkode.kode")[:4],
        is_voluntary=_truth(row, "registrertIFrivillighetsregisteret"),
        language=LANGUAGES.get(_text(row, "maalform").lower(), ""),
        parent=_text(row, "overordnetEnhet") or None,
        purpose=_text(row, "vedtektsfestetFormaal"),
        deleted_on=deleted,
    )


def roles_of(number: str, row: object) -> Roles:
    """The roles of an organisation that speak for it, those that ended left out; raises Unreadable."""
    roles = (role for group in _list(row, "rollegrupper") for role in _list(group, "roller"))
    found = (_holder(role) for role in roles if not (_truth(role, "fratraadt") or _truth(role, "avregistrert")))
    return Roles(number, tuple(dict.fromkeys(one for one in found if one is not None))[:MOST_HOLDERS])


def voluntary_of(number: str, row: object) -> Voluntary:
    """What Frivillighetsregisteret says of an organisation; raises Unreadable."""
    found = [(_text(one, "icnpoNummer")[:10], _text(one, "navn") or _text(one, "kategori")) for one in _list(row, "icnpoKategorier")]
    return Voluntary(number, tuple(one for one in found if one[0])[:MOST_CATEGORIES])


def records(file: Path) -> Iterator[object]:
    """The rows of a file as the register gives it out, JSON or CSV, packed with gzip or not; one in memory at a time.

    Raises Unreadable where it is neither.
    """
    try:
        with file.open("rb") as plain:
            packed, _back = plain.read(2) == b"\x1f\x8b", plain.seek(0)
            opened: Any = gzip.GzipFile(fileobj=plain) if packed else plain
            with TextIOWrapper(opened, encoding="utf-8-sig", newline="") as text:
                yield from _rows(text)
    except (UnicodeDecodeError, EOFError, gzip.BadGzipFile, csv.Error):
        raise Unreadable("no text in UTF-8, or packed badly") from None


def _rows(text: IO[str]) -> Iterator[object]:
    piece = text.read(PIECE)
    if not piece.lstrip().startswith("["):
        text.seek(0)
        head = piece.partition("\n")[0]
        yield from csv.DictReader(text, delimiter=";" if head.count(";") > head.count(",") else ",")
        return
    rest, decoder = piece.lstrip()[1:], json.JSONDecoder()
    while True:
        rest = rest.lstrip(" \r\n\t,")
        try:
            row, end = decoder.raw_decode(rest)
        except ValueError:
            if rest.startswith("]"):
                return
            more = text.read(PIECE)
            if not more or len(rest) > LONGEST_RECORD:
                raise Unreadable("no JSON that ends") from None
            rest += more
            continue
        yield row
        rest = rest[end:]


def _holder(role: object) -> Holder | None:
    """Who holds a role, where it is a living person's that speaks for the organisation."""
    code, person = _text(role, "type.kode"), _at(role, "person")
    if code not in BOARD or person is None or _truth(person, "erDoed"):
        return None
    names = (_text(person, f"navn.{part}") for part in ("fornavn", "mellomnavn", "etternavn"))
    name = " ".join(filter(None, names))[: LONGEST["navn"]]
    return Holder(code, name, _day(person, "fodselsdato")) if name else None


def _state(row: object, deleted: date | None) -> EntryState:
    if deleted:
        return EntryState.DELETED
    if _truth(row, "konkurs"):
        return EntryState.BANKRUPT
    ending = _truth(row, "underAvvikling") or _truth(row, "underTvangsavviklingEllerTvangsopplosning")
    return EntryState.WINDING_UP if ending else EntryState.ACTIVE


def _at(row: object, path: str) -> Any:
    """What stands at a path, in nested JSON or in a row of CSV, whose columns are named by paths."""
    if isinstance(row, Mapping) and path in row:
        return row[path]
    first, _dot, rest = path.partition(".")
    inner = row.get(first) if isinstance(row, Mapping) and rest else None
    return _at(inner, rest) if inner is not None else None


def _text(row: object, path: str) -> str:
    value = _at(row, path)
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        value = " ".join(value)
    if value is None:
        return ""
    if not isinstance(value, str) or isinstance(row, list):
        raise Unreadable(path)
    return legible(" ".join(composed(value).split()))[: LONGEST.get(path, 200)]


def _truth(row: object, path: str) -> bool | None:
    value = _at(row, path)
    if value in (None, ""):
        return None
    found = {"true": True, "j": True, "false": False, "n": False}.get(str(value).lower())
    return _missing(path) if found is None else found


def _day(row: object, path: str) -> date | None:
    written = _text(row, path)[:10]
    try:
        return date.fromisoformat(written) if written else None
    except ValueError:
        raise Unreadable(path) from None


def _list(row: object, path: str) -> list[Any]:
    value = _at(row, path)
    if not isinstance(value, list):
        raise Unreadable(path)
    return value


def _number(row: object) -> str:
    number = _text(row, "organisasjonsnummer")
    return number if len(number) == 9 and orgnr.is_valid(number) else _missing("organisasjonsnummer")


def _missing(path: str) -> Any:
    raise Unreadable(path)
