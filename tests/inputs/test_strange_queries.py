"""Pages are asked for with queries that nobody means: each answers, and none breaks."""

from flask import Flask

from tests.authority.sending import send
from tests.authority.tries import Try
from tests.authority.world import ROOM, World

STRANGE = ("", "x", "²", "-1", "0", "9" * 30, "9999-12-31", "0001-01-01", "1e400", "../..", "æ" * 3000)
PAGES = {
    "/": ("date", "from", "to", "capacity", "weeks", "district", "kind", "need"),
    "/bookings": ("page",),
    "/venues": ("text", "capacity"),
    f"/rooms/{ROOM}": ("week",),
    f"/rooms/{ROOM}/book": ("date", "from", "to", "except", "also", "every", "days", "caller", "participants.0-5"),
    f"/rooms/{ROOM}/book/preview": ("also", "every", "choice.2026-09-23"),
    "/organisations/1/releases": ("first_day", "teams"),
    "/caretaker": ("day", "venue"),
    "/office/search": ("q",),
    "/office/sought": ("days",),
    "/complaints/new": ("booking", "grant", "billing_dispute", "report", "hearing", "standing", "agreement"),
    "/office/statistics": ("by", "first", "last", "district", "venue", "room", "applicant_class", "activity", "organisation", "theme"),
    "/office/upgrades": ("since",),
    "/agreements/new": ("organisation", "q", "renews", "template"),
    "/agreements/templates": ("template",),
    "/organisations": ("number",),
    "/organisations/1/account": ("before",),
    "/invoices/new": ("first_day", "last_day", "payers"),
    "/people": ("q",),
    "/register": ("q",),
    "/venues/oren-flerbrukshall/opening-hours": ("room", "first", "last"),
    "/venues/oren-flerbrukshall/access": ("room",),
    "/policies/municipality/draft/rules/new": ("kind", "paragraph"),
    "/policies/municipality/draft/copies": ("source",),
    "/policies/municipality/draft/try": ("date", "room", "from", "asked", "age", "participants.0-5", "used"),
    "/policies/municipality/versions/compare": ("old", "new"),
    f"/calendars/rooms/{ROOM}.ics": ("from", "to", "lang", "cancelled", "busy"),
    "/api/v1/rooms": ("capacity", "cursor", "limit"),
    "/api/v1/availability": ("from", "to", "minutes", "recurrence"),
}


def test_no_query_breaks_a_page(app: Flask, world: World, cookies: dict[str, str]) -> None:
    asked = [(page, name, value) for page, names in PAGES.items() for name in names for value in STRANGE]

    answers = {
        cell: send(app, Try(cell[0], form={cell[1]: cell[2]}, method="GET"), "officer", world, cookies).status_code for cell in asked
    }

    assert {cell: status for cell, status in answers.items() if status >= 500} == {}


def test_the_reference_of_a_complaint_leads_officers_to_it_and_nobody_else(app: Flask, world: World, cookies: dict[str, str]) -> None:
    wanted = Try("/office/search", form={"q": world.complaint.lower().replace("-", " ")}, method="GET")

    answers = [send(app, wanted, who, world, cookies) for who in ("officer", "holder")]

    assert [(one.status_code, one.location) for one in answers] == [(302, f"/complaints/{world.complaint}"), (403, None)]
