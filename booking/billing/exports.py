"""Exports: the lines of a period for the municipality's own finance system, as CSV, XLSX or JSON, line by line."""

import json
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import chain
from typing import Any, Literal

from sqlalchemy import Row as DatabaseRow
from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session, aliased

from accounts.identity import Actor
from accounts.models import Organisation, Person
from booking.billing.labels import kind_label
from booking.billing.models import Dispute, Line, LineKind, Period
from booking.billing.periods import period_of, totals
from database.base import table_of
from database.transact import Database
from web.texts import gettext as _
from web.writing import WRITERS, Row

Format = Literal["csv", "xlsx", "json"]
JSON_TYPE = "application/json"
ROWS_AT_ONCE = 1000
ORE, MINUTES = Decimal(100), Decimal(60)
CENT = Decimal("0.01")


def type_of(kind: Format) -> str:
    """The media type of an export."""
    return JSON_TYPE if kind == "json" else WRITERS[kind][0]


def exported(database: Database, period_id: int, kind: Format, *, by: Actor) -> Iterator[bytes]:
    """The lines of a period in order, of one moment; officers only.

    Who may not, or asks for a period that is not there, hears that at once (Forbidden, Missing); the rest is read as it is sent.
    """
    with database.reading() as session:
        period = period_of(session, period_id, by=by)
    return _pieces(database, period, kind, _Words())


def private_payers(session: Session, period_id: int, *, by: Actor) -> Sequence[int]:
    """The private people who pay lines of a period; officers only."""
    period = period_of(session, period_id, by=by)
    return session.scalars(select(Line.person_id).where(Line.period_id == period.id, Line.person_id.is_not(None)).distinct()).all()  # type: ignore[return-value]


class _Words:
    """The words of the table in the language of whoever asked, who is gone when its lines are written."""

    def __init__(self) -> None:
        self.kinds = {kind: kind_label(kind) for kind in LineKind}
        self.disputed = _("Ja")
        self.headings: Row = [
            *(_("Linje"), _("Retter linje"), _("Gjelder"), _("Betaler"), _("Betalers organisasjonsnummer"), _("Betalers e-post")),
            *(_("Bestillingsreferanse"), _("Booket av"), _("Lag"), _("Booking"), _("Dato nr."), _("Dag"), _("Fra"), _("Til"), _("Rom")),
            *(_("Prisliste"), _("Timer"), _("Beløp i kroner"), _("Omtvistet")),
        ]


def _pieces(database: Database, period: Period, kind: Format, words: _Words) -> Iterator[bytes]:
    with database.reading() as session:
        count, amount = totals(session, period)
        rows = session.execute(_lines(period), execution_options={"yield_per": ROWS_AT_ONCE})
        if kind == "json":
            yield from _json(_told(period) | {"count": count, "amount": amount}, rows)
        else:
            yield from WRITERS[kind][1](chain([words.headings], (_cells(line, words) for line in rows)))


def _lines(period: Period) -> Select[Any]:
    payer, booked = aliased(Organisation), aliased(Organisation)
    is_disputed = exists().where(Dispute.occurrence_id == Line.occurrence_id, Dispute.answered_at.is_(None)).label("is_disputed")
    names = (payer.number.label("payer_number"), payer.name.label("payer_name"), booked.number.label("booked_number"))
    found = select(*_COLUMNS, *names, booked.name.label("booked_name"), Person.name.label("person_name"), Person.email, is_disputed)
    found = found.outerjoin(payer, payer.id == Line.payer_id).outerjoin(booked, booked.id == Line.organisation_id)
    return found.outerjoin(Person, Person.id == Line.person_id).where(Line.period_id == period.id).order_by(Line.id)


_COLUMNS = tuple(table_of(Line).c)


def _cells(line: DatabaseRow[Any], words: _Words) -> Row:
    return [
        *(line.id, line.corrects_id, words.kinds[line.kind], line.payer_name or line.person_name, line.payer_number, line.email),
        *(line.reference, line.booked_name, line.team, line.booking, line.number, line.local_start.date()),
        *(f"{line.local_start:%H:%M}", f"{line.local_end:%H:%M}", line.room, line.tariff),
        *((line.minutes / MINUTES).quantize(CENT), line.amount / ORE, words.disputed if line.is_disputed else ""),
    ]


def _json(told: dict[str, Any], rows: Iterable[DatabaseRow[Any]]) -> Iterator[bytes]:
    """One document, its lines last, each on a row of its own."""
    yield f'{{"period": {json.dumps(told)}, "currency": "NOK", "lines": ['.encode()
    for number, line in enumerate(rows):
        yield f"{',' if number else ''}\n{json.dumps(_line(line), ensure_ascii=False)}".encode()
    yield b"\n]}\n"


def _told(period: Period) -> dict[str, Any]:
    days = {"first_day": f"{period.first_day}", "last_day": f"{period.last_day}"}
    return {"id": period.id, **days, "payers": period.payers, "closed_at": period.closed_at.isoformat()}


def _line(line: DatabaseRow[Any]) -> dict[str, Any]:
    person = {"kind": "person", "id": line.person_id, "name": line.person_name, "email": line.email}
    organisation = {"kind": "organisation", "id": line.payer_id, "number": line.payer_number, "name": line.payer_name}
    booked = {"id": line.organisation_id, "number": line.booked_number, "name": line.booked_name}
    return {
        "id": line.id,
        "corrects": line.corrects_id,
        "kind": line.kind,
        "payer": person if line.payer_id is None else organisation,
        "reference": line.reference,
        "organisation": booked if line.organisation_id is not None else None,
        "team": line.team,
        "booking": line.booking,
        "number": line.number,
        "start": f"{line.local_start:%Y-%m-%dT%H:%M}",
        "end": f"{line.local_end:%Y-%m-%dT%H:%M}",
        "room": line.room,
        "tariff": line.tariff,
        "minutes": line.minutes,
        "amount": line.amount,
        "disputed": bool(line.is_disputed),
    }
