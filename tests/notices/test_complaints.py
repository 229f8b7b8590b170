"""What mails about complaints say: where one stands and what comes next, each in its reader's language, and what the office has to do."""

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from accounts.models import Person
from booking.complaints.inputs import ComplaintInput, Looked, Owner, Reconsideration, Said
from booking.complaints.verbs import assign, complain, reconsider, say
from booking.decisions import decline
from database.audit import Audit
from tests import cast
from tests.notices.conftest import Office, words

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PRIVATE = {"organisation": None, "start": "2026-09-22T18:00", "end": "2026-09-22T20:00"}


def act_of(session: Session) -> int:
    return session.scalars(select(Audit.id).where(Audit.verb == "refuse")).one()


def english(session: Session) -> None:
    session.execute(update(Person).where(Person.name == "Per Solli").values(language="en"))


def test_the_party_hears_of_each_step_in_its_own_language_and_the_office_of_what_waits(office: Office) -> None:
    booking = office.book("per", **PRIVATE)
    office.act(decline, booking.id, reason="Brukt opp.", by=office.hall.kari)
    office.mails()
    office.change(english)

    made = office.act(complain, ComplaintInput(act=office.change(act_of), text="Det stemmer ikke."), by=office.hall.per)
    received = {mail["To"]: mail for mail in office.mails()}
    office.act(say, made.reference, Said(said="Vi ringer.", internal=True), by=office.hall.kari)
    office.act(assign, made.reference, Owner(owner=office.hall.cast.ada.id), by=office.hall.kari)
    assigned = office.mails()
    ada = office.change(lambda session: cast.actor(session, office.hall.cast.ada))
    office.act(reconsider, made.reference, Reconsideration(outcome=Looked.UPHELD, text="Hallen er full."), by=ada)
    upheld = office.mails()

    assert sorted(received) == ["kari@example.org", "per@example.org"]
    told, waits = (" ".join(words(received[f"{name}@example.org"]).split()) for name in ("per", "kari"))
    assert received["per@example.org"]["Subject"] == f"Complaint {made.reference}"
    assert f"We have received the complaint from Per Solli. The reference is {made.reference}." in told
    assert "The municipality is looking at the decision again and answers by" in told
    assert f"Klagen {made.reference} fra Per Solli venter på kommunen." in waits and "Det stemmer ikke" not in waits
    assert [mail["To"] for mail in assigned] == ["ada@example.org"]
    assert [(mail["To"], "> Hallen er full." in words(mail)) for mail in upheld] == [("per@example.org", True)]
    assert "Now the appeals body decides." in " ".join(words(upheld[0]).split())
