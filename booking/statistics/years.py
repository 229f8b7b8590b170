"""Years: the few figures of a year on one page, reckoned anew until they are issued and as they were then ever after."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask_babel import force_locale
from pydantic import Field
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from accounts.identity import Actor
from booking.statistics.labels import notes
from booking.statistics.measures import FEWEST, Dimension, Figures, Sums, Unit, share
from booking.statistics.models import YearPage
from booking.statistics.places import UNKNOWN
from booking.statistics.reports import Question, Report, report
from database.audit import Act, record
from database.locks import Key, Subject, lock
from kernel.errors import Conflict, Missing, refuse
from kernel.texts import marked as _
from kernel.wallclock import to_wall
from venues.queries import municipality
from web.forms import Input
from web.language import LANGUAGES
from web.texts import gettext

# Rises when anything is counted otherwise than before: what was issued says by which it was.
COUNTING = 2
EVENING = range(16, 22)
WEEKDAYS, WEEKEND = range(5), range(5, 7)
YOUNG = 20


@dataclass(frozen=True, slots=True)
class Fact:
    """One figure of the page: its unit, what it is called and how it is defined (gettext)."""

    code: str
    unit: Unit
    name: str
    definition: str


FACTS: tuple[Fact, ...] = (
    Fact("minutes", Unit.MINUTES, _("Timer booket"), _("Lengden av alle bookede datoer. En hel hall teller som ett rom.")),
    Fact("dates", Unit.COUNT, _("Datoer booket"), _("Hver gang et rom er booket, talt én gang.")),
    Fact(
        "organisations",
        Unit.COUNT,
        _("Organisasjoner som brukte rommene"),
        _("Organisasjoner med organisasjonsnummer og minst én booket dato."),
    ),
    Fact(
        "share",
        Unit.SHARE,
        _("Så mye av åpningstiden var booket"),
        _("Booket tid i åpningstiden, delt på åpningstiden, for hver flate som kan lånes for seg. En hall med tre deler teller som tre."),
    ),
    Fact("evenings", Unit.SHARE, _("Av det på hverdagskvelder"), _("Det samme mandag til fredag kl. 16–22.")),
    Fact("weekends", Unit.SHARE, _("Av det i helgene"), _("Det samme lørdag og søndag, hele døgnet.")),
    Fact("visits", Unit.COUNT, _("Besøk"), _("Deltakere ganger datoer, slik de ble bekreftet, ellers slik de ble booket.")),
    Fact("young", Unit.COUNT, _("Besøk av dem under 20 år"), _("Besøk i aldersgrupper som slutter før 20 år.")),
    Fact("unused", Unit.COUNT, _("Datoer der ingen kom"), _("Notert av vaktmester, eller sagt av låneren selv.")),
    Fact("cancelled", Unit.MINUTES, _("Timer gitt tilbake"), _("Lengden av datoer som ble avbestilt eller gitt tilbake.")),
    Fact("displaced", Unit.COUNT, _("Datoer som måtte vike"), _("For en annen booking eller en stengning.")),
    Fact(
        "refused",
        Unit.COUNT,
        _("Ganger noen ikke fikk rom"),
        _("Datoer med avslag eller uten plass, ønsker som ble stoppet med en gang, og søk uten treff."),
    ),
    Fact("value", Unit.ORE, _("Kroner fri bruk var verd"), _("Listepris minus betalt pris for alle bookede datoer.")),
    Fact(
        "unvalued",
        Unit.MINUTES,
        _("Timer uten kjent verdi"),
        _("Timer der verken pris eller beregningssats er kjent. De er ikke med i kronene."),
    ),
)
Figure = int | str | None


class Year(Input):
    """Which year."""

    year: int = Field(ge=2000, le=2100)


@dataclass(frozen=True, slots=True)
class Content:
    """What a page says: the figures of its year and the one before by code (shares as text), and the words for them by language."""

    year: int
    counting: int
    municipality: str
    figures: Mapping[str, Sequence[Figure]]
    words: Mapping[str, Mapping[str, Any]]


def content_of(session: Session, year: int, *, by: Actor, now: datetime) -> Content:
    """The page as it would be issued now; for officers."""
    this, before = (_figures(session, one, by=by, now=now) for one in (year, year - 1))
    # Of a year in which nothing was booked here nothing is known.
    known = before if before["dates"] else {}
    figures = {fact.code: (this[fact.code], known.get(fact.code)) for fact in FACTS}
    return Content(year, COUNTING, municipality(session).name, figures, {language: _words(language) for language in LANGUAGES})


def issue(session: Session, asked: Year, *, by: Actor, now: datetime) -> YearPage:
    """Issue the page of a year that has begun: it stands as it is from now on, and supersedes an earlier one. Officers only.

    Raises Conflict (``year-to-come``), Forbidden.
    """
    by.require(by.is_officer, "officer")
    if asked.year > to_wall(now, municipality(session).zone).year:
        raise refuse(Conflict, "year-to-come", "year", asked.year)
    lock(session, Key(Subject.YEAR, asked.year))
    edition = (session.scalar(select(func.max(YearPage.edition)).where(YearPage.year == asked.year)) or 0) + 1
    content = asdict(content_of(session, asked.year, by=by, now=now))
    page = YearPage(year=asked.year, edition=edition, content=content, issued_at=now, issued_by=by.person_id)
    session.add(page)
    session.flush()
    record(session, Act("issue", "year_page", page.id, {"year": page.year, "edition": page.edition}), by=by, now=now)
    return page


def editions(session: Session, year: int) -> Sequence[YearPage]:
    """All that was issued for a year, the latest first; for everybody."""
    return session.scalars(select(YearPage).where(YearPage.year == year).order_by(YearPage.edition.desc())).all()


def issued(session: Session) -> Sequence[tuple[int, int, datetime]]:
    """The years with a page, their latest edition and when it was issued, the latest year first; for everybody."""
    latest = select(YearPage.year, func.max(YearPage.edition), func.max(YearPage.issued_at)).group_by(YearPage.year)
    return [(year, edition, moment) for year, edition, moment in session.execute(latest.order_by(YearPage.year.desc()))]


def edition_of(session: Session, year: int, edition: int | None = None) -> tuple[YearPage, bool]:
    """A page as it was issued, the latest one without an edition, and whether a later one supersedes it; raises Missing."""
    found = editions(session, year)
    page = next((one for one in found if edition in (None, one.edition)), None)
    if page is None:
        raise refuse(Missing, "no-year-page", "year", year)
    return page, page.edition < found[0].edition


def _figures(session: Session, year: int, *, by: Actor, now: datetime) -> dict[str, Figure]:
    """By code; four statements of dates."""

    def asked(dimension: Dimension) -> Report:
        question = Question(by=dimension, first=date(year, 1, 1), last=date(year, 12, 31))
        return report(session, question, by=by, now=now)

    week, ages = asked(Dimension.WEEK), asked(Dimension.AGE)
    sums = week.whole.sums
    by_organisation = [line for line in asked(Dimension.ORGANISATION).lines if line.key.isdigit() and line.figures.sums["dates"]]
    hours = [(*_hour_of(line.key), line.figures) for line in week.lines]
    return {
        **{code: sums[code] for code in ("minutes", "dates", "unvalued")},
        "organisations": len(by_organisation),
        "share": _text(share(sums["within"], sums["open"])),
        "evenings": _share(figures for weekday, hour, figures in hours if weekday in WEEKDAYS and hour in EVENING),
        "weekends": _share(figures for weekday, _, figures in hours if weekday in WEEKEND),
        "visits": None if ages.whole.is_hidden else ages.whole.sums["visits"],
        "young": _visits(line.figures for line in ages.lines if _ends_before(line.key, YOUNG)),
        "unused": sums["unused_dates"],
        "cancelled": sums["cancelled"],
        "displaced": sums["displaced_dates"],
        "refused": sums["refused_dates"] + sums["wishes"] + sums["searches"],
        "value": sums["listed"] - sums["charged"],
    }


def _hour_of(key: str) -> tuple[int, int]:
    """Weekday and hour of a line; what has none stands at neither."""
    weekday, _, hour = key.partition("-")
    return int(weekday or UNKNOWN), int(hour or UNKNOWN)


def _share(figures: Iterable[Figures]) -> str | None:
    found: Sums = Sums()
    for one in figures:
        found.update({code: one.sums[code] for code in ("within", "open")})
    return _text(share(found["within"], found["open"]))


def _visits(figures: Iterable[Figures]) -> int | None:
    """Of all of them together, None of too few people."""
    found = sum((one.sums for one in figures), Sums())
    return None if 0 < found["people"] < FEWEST else found["visits"]


def _text(found: Decimal | None) -> str | None:
    return None if found is None else str(found)


def _ends_before(age: str, limit: int) -> bool:
    _, to, last = age.partition("-")
    return bool(to) and int(last) < limit


def _words(language: str) -> dict[str, Any]:
    with force_locale(language):
        return {"facts": {fact.code: [gettext(fact.name), gettext(fact.definition)] for fact in FACTS}, "notes": notes()}
