"""Inventory: the document that describes venues, spaces and rooms, with every fault found in it at once; pure."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Annotated, Any, NoReturn

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from kernel.errors import Fault, Invalid, refuse
from venues.inventory_crosscheck import cross_faults, slugs_on
from venues.said import Said, amount, anything, location, read, size, text, whole
from venues.statements import ACCESS, Statement
from venues.vocabulary import Access, Answer, slug_of
from web.faults import fault_of, unwritten
from web.fields import Zone
from web.sheets import MOST_BYTES

STRUCTURE = {"slug", "zone", "spaces", "rooms"}
GIVES_ACCESS = {"lift": Access.LIFT, "hearing loop": Access.HEARING_LOOP}
SLUG = re.compile(r"^[a-z0-9]+(-[a-z0-9]+)*$")


def _slug(written: str) -> str:
    if not SLUG.match(written):
        raise PydanticCustomError("bad-slug", "bad-slug", {"example": slug_of(written)})
    return written


def _said(check: Callable[[object], Any]) -> Any:
    return BeforeValidator(read(check))


Slug = Annotated[str, Field(max_length=80), AfterValidator(_slug)]
Name = Annotated[str, Field(min_length=1, max_length=200)]
Text = Annotated[tuple[Said, ...], _said(text)]
Whole = Annotated[tuple[Said, ...], _said(whole)]
Amount = Annotated[tuple[Said, ...], _said(amount)]
Size = Annotated[tuple[Said, ...], _said(size)]
Location = Annotated[tuple[Said, ...], _said(location)]
Anything = Annotated[tuple[Said, ...], _said(anything)]
Notes = Annotated[list[Annotated[str, Field(min_length=1, max_length=300)]], Field(default_factory=list)]


class Entry(BaseModel):
    """Strict about what is known; a field that is not known is kept as a statement and reported."""

    model_config = ConfigDict(extra="allow", frozen=True, strict=True, arbitrary_types_allowed=True)
    __pydantic_extra__: dict[str, Anything]

    slug: Slug
    name: Name
    kind: Text = ()
    capacity: Whole = ()
    area_m2: Amount = ()
    facilities: Notes
    unknown: Notes

    @property
    def unfamiliar(self) -> tuple[str, ...]:
        """The fields that the service knows nothing of."""
        return tuple(self.__pydantic_extra__ or ())

    def statements(self, source: str, noted_on: date) -> tuple[Statement, ...]:
        """All that the document says of it; ``source`` stands where the document names none."""
        names = [name for name in type(self).model_fields if name not in STRUCTURE]
        fields = {name: getattr(self, name) for name in names} | (self.__pydantic_extra__ or {})
        found = [
            Statement(key, value, source, noted_on=noted_on) for key, value in fields.items() if isinstance(value, str | list) and value
        ]
        for key, several in fields.items():
            if isinstance(several, tuple):
                found += [_statement(key, said, source, noted_on) for said in several]
        implied = [GIVES_ACCESS[facility] for facility in self.facilities if facility in GIVES_ACCESS]
        found += [Statement(ACCESS + feature, Answer.YES.value, source, noted_on=noted_on) for feature in implied]
        return tuple({statement.identity: statement for statement in found}.values())


class RoomEntry(Entry):
    """A room as the document describes it; a field that was not written holds no statement."""

    spaces: Annotated[list[Slug], Field(min_length=1)]
    spectators: Whole = ()
    size_m: Size = ()
    price_nok_per_hour: Amount = ()
    price_note: Text = ()
    conduct: Notes
    condition: Notes


class VenueEntry(Entry):
    """A venue with its spaces and rooms."""

    zone: Zone | None = None
    district: Text = ()
    address: Text = ()
    location: Location = ()
    built: Whole = ()
    spaces: Annotated[list[Slug], Field(min_length=1)]
    rooms: Annotated[list[RoomEntry], Field(min_length=1)]
    daytime_users: Notes
    sources: Notes


class MunicipalityEntry(BaseModel):
    """The municipality that the venues belong to."""

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)

    name: Name
    number: Annotated[str, Field(min_length=4, max_length=4)]
    zone: Zone
    districts: list[Name] = []


class Inventory(BaseModel):
    """The whole document; a table of rooms (CSV, XLSX) has no municipality."""

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)

    municipality: MunicipalityEntry | None = None
    venues: Annotated[list[VenueEntry], Field(min_length=1)]


def parse(body: bytes) -> Inventory:
    """The inventory in a JSON file; raises Invalid with every fault and its place (``venues[3].rooms[0].capacity``)."""
    if len(body) > MOST_BYTES:
        raise refuse(Invalid, "file-too-large", "file", len(body), most=MOST_BYTES)
    try:
        document = json.loads(body.decode("utf-8-sig"), parse_constant=_no_constant)
    except UnicodeDecodeError as error:
        raise refuse(Invalid, "not-utf-8", "file", error.start) from None
    except json.JSONDecodeError as error:
        raise refuse(Invalid, "bad-json", "file", where=f"line {error.lineno} column {error.colno}") from None
    except (ValueError, RecursionError) as error:
        raise refuse(Invalid, "bad-json", "file", where=type(error).__name__) from None
    return checked(document)


def checked(document: object, places: Mapping[str, str] | None = None) -> Inventory:
    """The document as an inventory; ``places`` gives another name to a place, such as a row of a spreadsheet."""
    if not isinstance(document, dict):
        raise refuse(Invalid, "not-an-inventory", "file", type(document).__name__)
    found, faults = None, [*unwritten(document), *cross_faults(document)]
    try:
        found = Inventory.model_validate(document)
    except ValidationError as error:
        faults = [*(_fault(one, document) for one in error.errors(include_url=False)), *faults]
    if found is None or faults:
        raise Invalid(*(_renamed(fault, places or {}) for fault in faults))
    return found


def _statement(key: str, said: Said, source: str, noted_on: date) -> Statement:
    whole_key = f"{key}.{said.part}" if said.part else key
    return Statement(whole_key, said.value, said.source or source, noted_on=noted_on, since=said.since, until=said.until)


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _fault(error: ErrorDetails, document: dict[str, Any]) -> Fault:
    found, slugs = fault_of(error, document), slugs_on(error["loc"], document)
    return replace(found, facts={**found.facts, "where": slugs}) if slugs else found


def _renamed(fault: Fault, places: Mapping[str, str]) -> Fault:
    for prefix in sorted(places, key=len, reverse=True):
        if fault.field.startswith(prefix):
            return replace(fault, field=f"{places[prefix]}{fault.field.removeprefix(prefix)}")
    return fault
