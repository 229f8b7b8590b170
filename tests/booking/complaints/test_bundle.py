"""A whole case as one file, and the same for everybody, in which nobody is named."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from accounts.identity import COMMAND
from booking.casework import messages
from booking.casework.charge import Charge, assign
from booking.complaints.bundle import bundled
from booking.complaints.gathered import Gathered, gathered
from booking.complaints.inputs import Looked, Reconsideration, Said
from booking.complaints.models import Complaint
from booking.complaints.redaction import hidden, redacted, texts_of
from booking.complaints.verbs import reconsider, say
from booking.decisions import approve
from booking.models import Booking
from booking.reservations import reserve
from kernel.errors import Forbidden, Missing
from tests import cast
from tests.booking.complaints.conftest import NOTIFIED, Act, mentioned
from tests.booking.conftest import NOW, TWO_HOURS, Hall, again, publish_with, wish

LONG = {"start": "2026-09-15T18:00", "end": "2026-09-15T21:00", "exceptions": ["two-hours"], "exception_reason": "Per Solli fyller 50"}


@pytest.fixture(autouse=True)
def words(app: Flask) -> Iterator[None]:
    with app.test_request_context():
        yield


def unpacked(case: dict[str, Any], whole: Gathered) -> dict[str, str]:
    with bundled(case, whole) as file, ZipFile(file) as bundle:
        assert bundle.testzip() is None
        return {name: bundle.read(name).decode() for name in bundle.namelist()}


@pytest.fixture
def whole(session: Session, hall: Hall, complaint: Complaint, act: Act) -> Gathered:
    """Said about it: by the office, by another delegate, and among officers."""
    act(say, complaint.reference, Said(said="Hei Berit, ring Kari Nordby på +47 99 00 00 00.", must_answer=True), by=hall.kari)
    act(say, complaint.reference, Said(said='=HYPERLINK("https://x.example") og <script>alert(1)</script>. Nils'), by=hall.nils)
    act(say, complaint.reference, Said(said="Hun er vanskelig.", internal=True), by=hall.kari)
    given = Reconsideration(outcome=Looked.UPHELD, text="Per Solli spurte først.")
    act(reconsider, complaint.reference, given, by=cast.actor(session, hall.cast.ada))
    again(session)
    return gathered(session, complaint.reference, by=hall.kari, now=NOTIFIED)


def test_the_bundle_holds_all_that_was_known(session: Session, lost: Booking, whole: Gathered) -> None:
    files = unpacked(whole.case, whole)
    told = json.loads(files["case.json"])

    version = told["rules"][-1]["version"]
    assert sorted(files) == sorted(["index.html", "case.json", "metadata.xml", *(f"rules/{one['version']}.json" for one in told["rules"])])
    assert {"kind": "complaint", "id": "complaint", "days": 21}.items() <= json.loads(files[f"rules/{version}.json"])["document"]["rules"][
        -1
    ].items()
    assert [step["kind"] for step in told["complaint"]["steps"]] == ["received", "asked", "wrote", "noted", "upheld"]
    assert [one["act"] for one in told["judgements"]] == ["reserve"]
    assert {one["is_same"] for one in told["replay"]} == {True}
    assert (told["decision"]["verb"], told["booking"]["reference"]) == ("refuse", lost.reference)
    assert {one["name"] for one in told["people"]} == {"Kari Nordby", "Berit Moe", "Nils Bakke", "Per Solli", "Ada Lien"}
    assert [(one["holder"] is not None, one["applicant_class"]) for one in told["others"]] == [(True, "person")]
    refusal = next(one for one in told["notices"] if one["kind"] == "booking-refused")
    assert (refusal["state"], refusal["sent_at"]) == ("sent", NOTIFIED.isoformat())


def test_the_page_of_it_runs_nothing_and_needs_no_network(whole: Gathered) -> None:
    page = unpacked(whole.case, whole)["index.html"]

    assert "<script" not in page and "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "href=" not in page and "src=" not in page and "url(" not in page
    assert "Klagen kan sendes" not in page and "klagenemnda" in page


def test_the_metadata_can_be_read_as_what_it_says(whole: Gathered) -> None:
    file = ElementTree.fromstring(unpacked(whole.case, whole)["metadata.xml"])
    names = {"m": "urn:arena:case-metadata:1"}

    assert file.findtext("m:mappeID", namespaces=names) == whole.case["reference"]
    assert file.findtext("m:part/m:partNavn", namespaces=names) == "Skiold turn"
    assert [one.text for one in file.findall("m:registrering/m:journalposttype", names)] == ["I", "U", "I", "X", "U", "X"]


def test_for_everybody_it_names_no_person_and_no_organisation(session: Session, whole: Gathered) -> None:
    files = unpacked(redacted(session, whole), whole)
    told = json.loads(files["case.json"])

    assert len(mentioned(session, unpacked(whole.case, whole))) > 15
    assert mentioned(session, files) == set()
    assert [(one["kind"], one["by"], one["text"]) for one in told["complaint"]["steps"]] == [
        ("received", "søkeren", hidden()),
        ("asked", "saksbehandler 1", hidden()),
        ("wrote", "representant 1", hidden()),
        ("upheld", "saksbehandler 2", hidden()),
    ]
    assert (told["decision"]["organisation"], told["others"][0]["holder"]) == ("søkerorganisasjonen", "annen søker 1")
    assert told["judgements"][0]["dates"][0]["verdict"]["outcome"] == "review"
    assert "avslo: [utelatt]" in files["index.html"] and "saksbehandler 1" in files["index.html"]
    assert "vanskelig" not in files["case.json"] and "SK" not in files["metadata.xml"]


def test_free_text_is_there_when_somebody_let_it_pass_and_without_the_names_that_are_known(session: Session, whole: Gathered) -> None:
    shown = dict(texts_of(session, whole))
    asked = next(key for key, text in shown.items() if text.startswith("Hei"))

    files = unpacked(redacted(session, whole, [asked]), whole)

    assert shown[asked] == "Hei [utelatt], ring [utelatt] på [utelatt]."
    assert shown[asked] in json.loads(files["case.json"])["complaint"]["steps"][1]["text"]
    assert mentioned(session, files) == set()
    assert "Hun er vanskelig." not in shown.values()


def test_what_nobody_named_as_harmless_is_left_out(session: Session, whole: Gathered) -> None:
    whole.case["judgements"][0]["dates"][0]["facts"]["new"] = "Berit Moe"
    whole.case["wish"]["nickname"] = "Berit Moe"

    assert "Berit" not in json.dumps(redacted(session, whole), ensure_ascii=False)


@pytest.mark.parametrize(
    ("value", "stays"),
    [("99000003", False), ("+4799000003", False), ("990-00-003", False), ("01019012345", False), (99000003, False), (1019012345, False)]
    + [(value, True) for value in (90, "90", "13-19", "67+", "12.50", "17:00", "2026-11-27", "2026-11-27T17:00:00+01:00", 1_250_000, None)],
)
def test_a_number_by_which_one_can_be_reached_or_known_is_left_out(session: Session, whole: Gathered, value: Any, stays: bool) -> None:
    whole.case["judgements"][0]["dates"][0]["facts"] = {"limit": value, "title": value}

    told = redacted(session, whole)["judgements"][0]["dates"][0]["facts"]

    assert told == ({"limit": value, "title": value} if stays else {})


def test_a_case_without_a_complaint_is_told_from_wish_to_notices(session: Session, hall: Hall) -> None:
    publish_with(session, TWO_HOURS)
    contact = {"contact": "Nina Kontakt", "contact_phone": "41234567"}
    booking = reserve(session, wish(organisation=None, message="Ring Nina", **contact, **LONG), by=hall.per, now=NOW)
    again(session)
    assign(session, booking.id, Charge(owner=hall.kari.person_id), by=hall.kari, now=NOW)
    messages.write(session, booking.id, "Hei Per, hvor mange?", must_answer=True, by=hall.kari, now=NOW)
    messages.write(session, booking.id, "Tolv. Hilsen Per, 41 23 45 67, per@example.org", by=hall.per, now=NOW)
    messages.note(session, booking.id, "Kjent fra før", by=hall.kari, now=NOW)
    again(session)
    approve(session, booking.id, grounds="Bursdag for Per", by=hall.kari, now=NOW)
    again(session)

    found = gathered(session, booking.reference, by=COMMAND, now=NOW)
    public = redacted(session, found)

    assert [one["text"] for one in found.case["messages"]][2] == "Kjent fra før"
    assert [one["verb"] for one in found.case["audit"]] == ["reserve", "assign", "ask", "answer", "note", "approve"]
    assert [one["kind"] for one in found.case["notices"]] == ["booking-requested", "case-ask", "case-answer", "booking-booked"]
    assert mentioned(session, unpacked(public, found)) == set()
    written = json.dumps(public, ensure_ascii=False)
    assert {name for name in ("Nina", "41234567", "fyller", "Bursdag") if name in written} == set()
    assert [one["by"] for one in public["messages"]] == ["saksbehandler 1", "søkeren"]
    assert public["judgements"][0]["dates"][0]["request"]["person"] == "søkeren"


def test_only_officers_take_a_case_out(session: Session, hall: Hall, complaint: Complaint) -> None:
    for by in (hall.berit, hall.olav, hall.per):
        with pytest.raises(Forbidden):
            gathered(session, complaint.reference, by=by, now=NOTIFIED)
    with pytest.raises(Missing):
        gathered(session, "FINNES-404", by=hall.kari, now=NOTIFIED)


def test_the_command_writes_a_zip_or_json_and_says_when_there_is_no_such_case(app: Flask, tmp_path: Path) -> None:
    run = app.test_cli_runner()

    missing = run.invoke(args=["cases", "export", "FINNES-IKKE", "--to", str(tmp_path / "x.zip")])

    assert (missing.exit_code, missing.stdout, list(tmp_path.iterdir())) == (1, "", [])
    assert "FINNES-IKKE" in missing.stderr


def test_a_file_that_cannot_be_written_is_told_and_not_left_half(
    app: Flask, session: Session, whole: Gathered, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("booking.complaints.cli.gathered", lambda *_args, **_more: whole)
    place = tmp_path / "missing" / "case.zip"

    run = app.test_cli_runner().invoke(args=["cases", "export", whole.case["reference"], "--to", str(place)])

    assert (run.exit_code, str(place) in run.stderr, "Traceback" in run.stderr) == (1, True, False)


def test_notices_stand_in_words_and_others_by_no_reference(session: Session, lost: Booking, whole: Gathered) -> None:
    for case in (whole.case, redacted(session, whole)):
        page = unpacked(case, whole)["index.html"]
        listed = page.partition('id="notices"')[2]

        assert "Ikke innvilget: " in listed and f"Klagen {whole.case['reference']}" in listed
        assert "booking-refused" not in listed and "complaint-step" not in listed
    others = [one["booking"] for one in whole.case["others"]]
    assert others and not any(one in text for one in others for text in unpacked(redacted(session, whole), whole).values())


def test_the_title_tells_the_local_day_of_the_decision(whole: Gathered) -> None:
    whole.case["decision"]["at"] = "2026-10-24T22:30:00+00:00"

    assert "2026-10-25" in unpacked(whole.case, whole)["metadata.xml"].partition("</tittel>")[0]
