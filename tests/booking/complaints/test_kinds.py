"""Each kind of decision: who its party is, how its complaint reads, and that its case names nobody when it is for everybody."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.inputs import StandingInput
from accounts.standings import note_standing
from booking.absence import note_absence
from booking.billing.prices import Objection, Ruling, dispute, settle_price
from booking.complaints.contested import VERBS, decision_of
from booking.complaints.gathered import gathered
from booking.complaints.inputs import ComplaintInput
from booking.complaints.labels import DECISIONS, decision_about, decision_href, decision_label
from booking.complaints.queries import Held, held
from booking.complaints.redaction import redacted
from booking.complaints.verbs import complain
from booking.ending import cancel
from booking.reservations import reserve
from booking.support.agreements import AgreementTerms, make_agreement
from booking.support.grants.awarding import GrantTerms, make_grant
from booking.support.grants.hearings import HearingAnswer, HearingDecision, HearingNotice, answer_hearing, decide_hearing, give_notice
from booking.support.grants.reports import ReportAnswer, ReportInput, answer_report, write_report
from booking.support.grants.schemes import SchemeTerms, make_scheme
from database.audit import Audit
from tests.booking.complaints.conftest import Act, mentioned
from tests.booking.complaints.test_bundle import unpacked
from tests.booking.conftest import NOW, Hall, again, wish

ROOM = "oren-flerbrukshall/gymsal-1"
YEAR = {"first_day": "2025-08-01", "last_day": "2026-07-31"}
Make = Callable[[Hall, Act], Any]


def granted(hall: Hall, act: Act) -> int:
    scheme = act(make_scheme, SchemeTerms(name="Gratis tid", kind="rooms", first_day="2025-01-01", report_days=60), by=hall.kari, now=NOW)
    terms = GrantTerms(organisation=hall.cast.skiold.id, scheme=scheme.id, decision="Skiold turn får dette.", ceiling=1000, **YEAR)
    return int(act(make_grant, terms, by=hall.kari, now=NOW).id)


def returned(hall: Hall, act: Act) -> None:
    grant = granted(hall, act)
    act(write_report, grant, ReportInput(text="Berit ledet.", send=True), by=hall.berit, now=NOW)
    act(answer_report, grant, ReportAnswer(approved=False, reason="Berit Moe må skrive mer."), by=hall.kari, now=NOW)


def heard(hall: Hall, act: Act) -> None:
    hearing = act(give_notice, hall.cast.skiold.id, HearingNotice(cause="Berit leide ut.", answer_by="2026-10-01"), by=hall.kari, now=NOW)
    act(answer_hearing, hearing.id, HearingAnswer(answer="Nei, sier Berit Moe."), by=hall.berit, now=NOW)
    act(decide_hearing, hearing.id, HearingDecision(is_lost=True, reason="Jo, Berit."), by=hall.kari, now=NOW)


def noted(hall: Hall, act: Act) -> None:
    given = StandingInput(name="skiold-turn", first_day="2026-01-01", source="Berit Moe ringte")
    act(note_standing, hall.cast.skiold.id, given, by=hall.kari, now=NOW)


def agreed(hall: Hall, act: Act) -> None:
    days = {"first_day": "2026-09-01", "last_day": "2026-12-31"}
    terms = AgreementTerms(
        organisation=hall.cast.skiold.id, title="Skiold turn for alle", price_class="partner", hours=6, rooms=(ROOM,), **days
    )
    act(make_agreement, terms, by=hall.kari, now=NOW)


def ruled(hall: Hall, act: Act) -> None:
    booking = act(reserve, wish(), by=hall.berit, now=NOW)
    act(dispute, booking.id, 1, Objection(reason="Berit Moe mener 0."), by=hall.berit, now=NOW)
    act(settle_price, booking.id, 1, Ruling(answer="Nei, Berit."), by=hall.kari, now=NOW)


def missed(hall: Hall, act: Act) -> None:
    booking = act(reserve, wish(start="2026-09-01T18:00", end="2026-09-01T20:00"), by=hall.berit, now=NOW.replace(hour=6))
    act(note_absence, booking.id, 1, by=hall.kari, now=NOW)


def called_off(hall: Hall, act: Act) -> None:
    booking = act(reserve, wish(), by=hall.berit, now=NOW)
    act(cancel, booking.id, reason="Berit Moe ringte.", by=hall.kari, now=NOW)


MADE: dict[str, Make] = {
    "grant.make": granted,
    "report.return": returned,
    "hearing.decide": heard,
    "standing.note_standing": noted,
    "agreement.make": agreed,
    "billing_dispute.answer": ruled,
    "booking.note_absence": missed,
    "booking.cancel": called_off,
}


@pytest.fixture(autouse=True)
def words(app: Flask) -> Iterator[None]:
    with app.test_request_context():
        yield


@pytest.mark.parametrize("kind", list(MADE))
def test_a_decision_of_each_kind_is_contested_and_handed_out(session: Session, hall: Hall, act: Act, kind: str) -> None:
    MADE[kind](hall, act)
    subject, verb = kind.split(".")
    number = session.scalars(select(Audit.id).where(Audit.subject == subject, Audit.verb == verb)).one()

    complaint = act(complain, ComplaintInput(act=number, text="Vi i Skiold turn er uenige. Berit"), by=hall.nils, now=NOW)
    again(session)
    decision = decision_of(session, number, by=hall.berit)
    whole = gathered(session, complaint.reference, by=hall.kari, now=NOW)
    files = unpacked(whole.case, whole)
    public = unpacked(redacted(session, whole), whole)

    assert decision.organisation is not None and decision.organisation.id == hall.cast.skiold.id
    assert decision_label(decision) and decision_about(decision) and decision_href(decision).startswith("/")
    assert "Berit" in "".join(files.values()) and "Skiold turn" in files["index.html"]
    assert mentioned(session, public) == set()
    assert not any("skiold" in text.casefold() for text in public.values())
    assert held(session) != Held()
    told = [one["person"] for one in redacted(session, whole)["notices"] if one["kind"] not in ("complaint-office", "case-yours")]
    assert told and not [one for one in told if one.startswith("saksbehandler")]


def test_every_kind_has_words() -> None:
    assert {f"{subject}.{verb}" for subject, verbs in VERBS.items() for verb in verbs} == set(DECISIONS)
