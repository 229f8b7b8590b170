"""Classes: what follows from an entry of the register, by rows of data, with the row that decided."""

import tomllib
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from accounts.identity import ApplicantClass
from accounts.inputs import StandingName
from accounts.register.reading import EntryState


@dataclass(frozen=True, slots=True)
class Known:
    """What rows ask about an entry; ``local`` is None where its municipality or ours is not known."""

    form: str
    sector: str
    state: EntryState
    voluntary: bool | None
    local: bool | None
    categories: Collection[str] = ()


class Fitting(BaseModel):
    """What a row asks for; all of it has to fit, and what it does not name is not asked."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    forms: frozenset[str] | None = None
    sectors: frozenset[str] | None = None
    categories: tuple[str, ...] | None = None
    states: frozenset[EntryState] | None = None
    voluntary: bool | None = None
    local: bool | None = None

    def fits(self, known: Known) -> bool:
        """Whether all that it asks for is so."""
        return (
            (self.forms is None or known.form in self.forms)
            and (self.sectors is None or known.sector in self.sectors)
            and (self.states is None or known.state in self.states)
            and self.voluntary in (None, known.voluntary)
            and self.local in (None, known.local)
            and (self.categories is None or any(one.startswith(self.categories) for one in known.categories))
        )

    def asks(self) -> list[str]:
        """The names of what it asks for."""
        return [name for name in Fitting.model_fields if getattr(self, name) is not None]


class ClassRow(Fitting):
    """A class of applicants; being the municipality follows from no register, and groups stand in none."""

    name: Literal[ApplicantClass.ORGANISATION, ApplicantClass.BUSINESS, ApplicantClass.PUBLIC_BODY]


class StatusRow(Fitting):
    """A status that policies read."""

    name: StandingName


@dataclass(frozen=True, slots=True)
class Classified:
    """What follows from an entry; ``row`` gave the class."""

    row: ClassRow
    voluntary: bool | None
    local: bool | None
    statuses: frozenset[str]


class Classes(BaseModel):
    """The rows of an installation."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    classes: tuple[ClassRow, ...] = Field(alias="class", min_length=1)
    statuses: tuple[StatusRow, ...] = Field(default=(), alias="status")

    def classify(self, known: Known) -> Classified:
        """What follows from what is known; the last row goes for what fits none."""
        row = next((row for row in self.classes if row.fits(known)), self.classes[-1])
        return Classified(row, known.voluntary, known.local, frozenset(row.name for row in self.statuses if row.fits(known)))


@cache
def classes_of(file: Path) -> Classes:
    """The rows of a file; raises SystemExit with what is wrong, since nothing can be classified without them."""
    try:
        return Classes.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, ValidationError) as error:
        raise SystemExit(f"REGISTER_CLASSES: {file}: {error}") from None
