"""Following: what the registers say is kept, what changes is a task for staff, and a register that fails changes nothing."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.identity import SERVICE
from accounts.inputs import OrganisationInput
from accounts.models import Delegation, Organisation
from accounts.organisations import confirm_delegate
from accounts.register.keeping import register, settle_review
from accounts.register.models import Entry, Following, Review, RoleHolder
from accounts.register.queries import entry_of
from booking.reservations import reserve
from database.outbox import Notice
from kernel.errors import Conflict
from tests.accounts.register.conftest import Office
from tests.accounts.register.stand_in import SNAPSHOT
from tests.booking.conftest import NOW as BOOKED_AT
from tests.booking.conftest import furnish, wish


def test_what_nobody_had_said_is_noted_and_what_differs_is_a_task(office: Office) -> None:
    office.follow()

    assert office.stands(office.cast.skiold) == ["organisation", True, True, ["sector-7000"]]
    # Entered as a business and as the municipality's own: the one is shown, the other only an officer says.
    assert office.stands(office.cast.elvebredden) == ["business", True, True, ["sector-7000"]]
    assert office.stands(office.cast.kulturskolen)[0] == "municipality"
    assert office.reviews() == [
        ("Strømmen sangkor", {"name": ["Strømmen sangkor", "STRØMSØ HÅNDBALL"]}),
        ("Elvebredden kurs AS", {"name": ["Elvebredden kurs AS", "ELVEKORET"], "class": ["business", "organisation"]}),
        ("Kulturskolen", {"name": ["Kulturskolen", "FJELL FARGERIKE"]}),
    ]
    with office.database.reading() as session:
        entry = entry_of(session, "313000001")
        assert (entry.name, entry.form, entry.categories, entry.language) == ("SKIOLD TURN", "FLI", [["1200", "Idrett"]], "nb")
        assert session.scalars(select(Entry.number).where(Entry.parent == "313000001")).all() == ["313000176"]
        assert {one.number for one in session.scalars(select(RoleHolder))} == {"313000001", "313000028", "313000036", "313000044"}


def test_a_change_waits_for_staff_and_its_way_back_closes_it(office: Office) -> None:
    office.follow()
    row, kari = office.row("313000001"), office.hand(office.cast.kari)
    row["forretningsadresse"]["kommunenummer"], row["registrertIFrivillighetsregisteret"] = "3312", False

    office.tell("313000001")
    moved = office.reviews()[3:]
    before = office.stands(office.cast.skiold)
    row["registrertIFrivillighetsregisteret"] = True
    row["konkurs"] = True
    office.tell("313000001")
    bankrupt = office.reviews()[3:]
    with office.database.reading() as session:
        review = session.scalars(select(Review.id).order_by(Review.id.desc())).first()
    office.do(settle_review, review, is_taken=True, by=kari)
    with pytest.raises(Conflict, match="review-settled"):
        office.do(settle_review, review, is_taken=False, by=kari)

    assert moved == [("Skiold turn", {"local": ["yes", "no"], "voluntary": ["yes", "no"]})]
    assert before == ["organisation", True, True, ["sector-7000"]]
    assert bankrupt == [("Skiold turn", {"local": ["yes", "no"], "state": ["active", "bankrupt"], "status:bankrupt": ["no", "yes"]})]
    assert office.stands(office.cast.skiold) == ["organisation", True, False, ["bankrupt", "sector-7000"]]
    row["konkurs"], row["institusjonellSektorkode"]["kode"] = False, "2100"
    office.tell("313000001")
    ended = {"state": ["bankrupt", "active"], "status:bankrupt": ["yes", "no"], "status:sector-7000": ["yes", "no"]}
    assert office.reviews()[3:] == [("Skiold turn", ended)]


def test_who_is_deleted_or_unknown_is_shown_and_cannot_be_registered(office: Office) -> None:
    office.answers.rows.remove(office.row("313000028"))
    office.row("313000001")["slettedato"] = "2026-08-31"
    office.follow()
    for number in ("313000141", "313000206"):
        office.register.look_up(number, by=office.hand(office.cast.per))

    changes = dict(office.reviews())
    assert changes["Skiold turn"] == {"state": ["active", "deleted"]}
    assert changes["Strømmen sangkor"] == {"state": ["active", "unknown"]}
    for number, code in (("313000141", "organisation-dissolved"), ("313000206", "not-in-register")):
        given = OrganisationInput(number=number, name="Siste dans")
        with pytest.raises(Conflict, match=code):
            office.do(register, given, office.register.classes, by=office.hand(office.cast.per))


def test_a_new_organisation_is_called_what_the_register_calls_it(office: Office) -> None:
    per, classes = office.hand(office.cast.per), office.register.classes
    office.register.look_up("313000133", by=per)
    known = office.do(register, OrganisationInput(number="313000133", name="Noe annet", applicant_class="business"), classes, by=per)
    typed = office.do(register, OrganisationInput(number="313000168", name="Grannelaget"), classes, by=per)

    assert (known.name, office.stands(known)) == ("VÅRSOL PENSJONISTFORENING", ["organisation", True, True, ["sector-7000"]])
    # Nobody had asked the register of the other: the worker does.
    assert (typed.name, office.stands(typed)) == ("Grannelaget", ["organisation", None, None, []])
    office.follow()
    assert office.stands(typed) == ["organisation", True, False, ["sector-7000"]]
    assert ("Grannelaget", {"name": ["Grannelaget", "GRANNELAGET I LIER"]}) in office.reviews()


@pytest.mark.parametrize("mood", ["garbage", "silent", "busy"])
def test_a_register_that_fails_changes_nothing_and_is_tried_ever_later(office: Office, mood: str) -> None:
    office.follow()
    before = office.stands(office.cast.skiold), office.reviews()
    client = office.register.client
    quick = replace(office.register, client=replace(client, fetcher=replace(client.fetcher, deadline=0.2)))
    office.answers.mood = mood
    office.answers.changed["enheter"].append("313000001")

    office.clock.pass_by(hours=2)
    quick.follow()
    asked = len(office.answers.asked)
    quick.follow()
    quick.look_up("313000133", by=office.hand(office.cast.per))
    with office.database.reading() as session:
        following = session.get_one(Following, 1)

    code = {"garbage": "bad-answer", "silent": "too-slow", "busy": "status-503"}[mood]
    assert (following.failure, following.failures) == (code, 1)
    assert following.due_at - following.tried_at == timedelta(minutes=120 if mood == "busy" else 30)
    assert len(office.answers.asked) == asked + 1  # only the look-up
    assert (office.stands(office.cast.skiold), office.reviews()) == before


def test_a_file_of_the_register_is_enough(office: Office, tmp_path: Path) -> None:
    offline = replace(office.register, client=None)
    sheet = tmp_path / "enheter.csv"
    sheet.write_text(
        '"organisasjonsnummer","navn","organisasjonsform.kode","forretningsadresse.kommunenummer","institusjonellSektorkode.kode",'
        '"registrertIFrivillighetsregisteret","konkurs"\n'
        '"313000184","GULSKOGEN KORPS","FLI","3301","7000","true","false"\n"313000192","PER HANSEN","ENK","3301","8200","false","false"\n'
        '"313000192","UTENBYS","FLI","0301","7000","true","false"\n"123","INGEN","FLI","3301","7000","true","kanskje"\n'
    )

    snapshot = offline.load(SNAPSHOT, read_at=office.clock.moment, by=SERVICE)
    table = offline.load(sheet, read_at=office.clock.moment, by=SERVICE)

    # Of nineteen units and notes of roles: a business and a dissolved one are of no use, nor one of another municipality.
    assert (snapshot.rows, snapshot.unreadable) == (23, 0)
    assert (table.rows, table.kept, table.unreadable) == (4, 1, 1)
    assert office.stands(office.cast.skiold) == ["organisation", True, True, ["sector-7000"]]
    assert [one.name for one in offline.search("gulskogen", by=SERVICE)] == ["GULSKOGEN KORPS"]
    with office.database.reading() as session:
        absent = {"313000117", "313000141", "313000168", "313000192"}
        assert not absent & set(session.scalars(select(Entry.number)))


def test_who_acts_by_a_role_acts_as_long_as_the_role_lasts(office: Office) -> None:
    office.follow()
    nils, kari = office.cast.nils, office.hand(office.cast.kari)
    with office.database.reading() as session:
        theirs = session.scalars(select(Delegation.id).where(Delegation.person_id == nils.id)).one()
    office.do(confirm_delegate, theirs, role_code="MEDL", by=kari)
    roles = office.row("313000001", "rollegrupper")["rollegrupper"][0]["roller"]
    roles[2]["person"]["fodselsdato"] = str(nils.born)

    office.tell("313000001", "roller")
    kept = office.do(states, office.cast.skiold)
    roles[2]["fratraadt"] = True
    office.tell("313000001", "roller")

    assert kept == {"Berit Moe": "confirmed", "Nils Bakke": "confirmed", "Siri Vik": "asked"}
    assert office.do(states, office.cast.skiold) == {**kept, "Nils Bakke": "ended"}
    with office.database.reading() as session:
        told = session.scalars(select(Notice).where(Notice.kind == "delegate-ended")).one()
        assert (told.person_id, told.facts) == (nils.id, {"delegation": theirs, "why": "role-ended"})


def states(session, organisation: Organisation, *, now=None) -> dict[str, str]:
    found = session.scalars(select(Delegation).where(Delegation.organisation_id == organisation.id)).all()
    return {one.person.name: str(one.state) for one in found}


def test_who_was_deleted_books_nothing_more(session: Session) -> None:
    hall = furnish(session)
    hall.cast.skiold.dissolved_on = date(2026, 8, 31)
    session.flush()

    with pytest.raises(Conflict, match="organisation-dissolved"):
        reserve(session, wish(), by=hall.berit, now=BOOKED_AT)
    assert reserve(session, wish(), by=hall.kari, now=BOOKED_AT).organisation is hall.cast.skiold
