"""The API of billing: periods closed and handed out to the municipality's own finance system, and accounts."""

from datetime import date, datetime
from typing import Literal

from flask import Response
from pydantic import BaseModel
from sqlalchemy.orm import Session

from accounts.edge import actor, database, reading, transact
from accounts.identity import Actor
from accounts.personal import looks
from booking.billing.account import Account, Sums, Whose, account
from booking.billing.exports import Format, exported, private_payers, type_of
from booking.billing.models import LineKind, Period
from booking.billing.periods import Closing, close_period, periods, totals
from kernel.clock import now
from web.api import Answer, Api
from web.forms import Input

api = Api("invoices", __name__)


class ShownPeriod(BaseModel):
    """A period that was billed: its dates of use, its payers (none named: all), its lines and their sum in øre."""

    id: int
    first_day: date
    last_day: date
    payers: list[str]
    closed_at: datetime
    count: int
    amount: int


class ShownPeriods(BaseModel):
    """All periods, the one closed last first."""

    items: list[ShownPeriod]


class ShownPayer(BaseModel):
    """Who pays a line: an organisation with its number, or a person with an address."""

    kind: Literal["organisation", "person"]
    id: int
    name: str
    number: str | None = None
    email: str | None = None


class ShownOrganisation(BaseModel):
    """Which organisation booked, where it is not a private person."""

    id: int
    number: str | None
    name: str


class ShownLine(BaseModel):
    """What one date came to, in øre; ``corrects`` is the line of the same date that it says the difference to."""

    id: int
    corrects: int | None
    kind: LineKind
    payer: ShownPayer
    reference: str
    organisation: ShownOrganisation | None
    team: str
    booking: str
    number: int
    start: str
    end: str
    room: str
    tariff: str
    minutes: int
    amount: int
    disputed: bool


class ShownInvoices(BaseModel):
    """The lines of a period in the order in which they were written."""

    period: ShownPeriod
    currency: Literal["NOK"]
    lines: list[ShownLine]


class ExportQuery(Input):
    """In which form the lines are wanted."""

    format: Format = "json"


class ShownSums(BaseModel):
    """In øre: billed, used or given up and yet to be billed, booked ahead, and what cancelling that would cost today."""

    billed: int
    due: int
    expected: int
    at_risk: int


class ShownTeam(ShownSums):
    """The same of one team; ``organisation`` is named where another has booked than the one that pays."""

    organisation: str
    team: str


class ShownAccount(BaseModel):
    """An account by team, with how many dates are disputed or have no price."""

    teams: list[ShownTeam]
    whole: ShownSums
    disputed: int
    unpriced: int


@api.operation("GET", "/invoices", answers={200: ShownPeriods})
def invoices() -> ShownPeriods:
    """The periods that were billed."""
    return ShownPeriods(items=[_period(*one) for one in periods(reading(), by=actor())])


@api.operation("POST", "/invoices", body=Closing, answers={201: ShownPeriod})
def close(body: Closing) -> Answer:
    """Close a period; the same period again is answered as it is."""
    return Answer(transact(_closed, body), 201)


@api.operation("GET", "/invoices/<int:period_id>", query=ExportQuery, answers={200: ShownInvoices})
def invoice_lines(period_id: int, query: ExportQuery) -> Response:
    """The lines of a period as JSON, CSV or XLSX, sent as they are read."""
    return handed_over(period_id, query.format)


@api.operation("GET", "/organisations/<int:organisation_id>/account", answers={200: ShownAccount})
def account_of(organisation_id: int) -> ShownAccount:
    """What an organisation was billed, will be, and may have to pay, by team."""
    return _account(account(reading(), Whose(organisation_id=organisation_id), by=actor(), now=now()))


def handed_over(period_id: int, kind: Format) -> Response:
    """The file of a period, with the addresses of private people who pay."""
    looks.shown(*private_payers(reading(), period_id, by=actor()))
    response = Response(exported(database(), period_id, kind, by=actor()), content_type=type_of(kind))
    response.headers["Content-Disposition"] = f'attachment; filename="fakturagrunnlag-{period_id}.{kind}"'
    return response


def _closed(session: Session, body: Closing, *, by: Actor, now: datetime) -> ShownPeriod:
    period = close_period(session, body, by=by, now=now)
    return _period(period, *totals(session, period))


def _period(period: Period, count: int, amount: int) -> ShownPeriod:
    days = {"first_day": period.first_day, "last_day": period.last_day}
    return ShownPeriod(id=period.id, **days, payers=period.payers, closed_at=period.closed_at, count=count, amount=amount)


def _account(found: Account) -> ShownAccount:
    teams = [ShownTeam(organisation=team.organisation, team=team.name, **_sums(sums)) for team, sums in found.teams]
    return ShownAccount(teams=teams, whole=ShownSums(**_sums(found.whole)), disputed=found.disputed, unpriced=found.unpriced)


def _sums(sums: Sums) -> dict[str, int]:
    return {name: getattr(sums, name) for name in ShownSums.model_fields}
