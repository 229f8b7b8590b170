"""Bad input: page and API name the same field, value and way out in the user's language, and nothing is changed."""

import html
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.authority.sending import send
from tests.authority.tries import FORM_WISH, REASON, WISH, Try
from tests.authority.world import ROOM, World
from tests.contents import changed, contents

LANGUAGES = ("nb", "nn", "en")
ORDER = {**FORM_WISH, "room": ROOM, "key": "en-nokkel-for-dette"}


@dataclass(frozen=True, slots=True)
class Bad:
    """What is wrong with a wish as the form and as the API say it, and what both answer."""

    form: Mapping[str, str]
    json: Mapping[str, Any]
    faults: tuple[tuple[str, str], ...]
    status: int = 422
    says: tuple[str, ...] = field(default=())


BAD = {
    "an unknown room": Bad(
        {"room": "oren-flerbrukshall/gymsal-9"},
        {"room": "oren-flerbrukshall/gymsal-9"},
        (("unknown-room", "room"),),
        404,
        ("gymsal-9", "gymsal-1"),
    ),
    "an end before the start": Bad(
        {"from": "20:00", "to": "18:00"}, {"start": "2026-09-23T20:00", "end": "2026-09-23T18:00"}, (("end-before-start", "end"),)
    ),
    "no length": Bad({"to": "18:00"}, {"end": "2026-09-23T18:00"}, (("end-before-start", "end"),)),
    "a start in the missing hour": Bad(
        {"date": "2027-03-28", "from": "02:30", "to": "04:00"},
        {"start": "2027-03-28T02:30", "end": "2027-03-28T04:00"},
        (("missing-hour", "start"),),
        says=("03:30",),
    ),
    "31 April": Bad({"date": "2027-04-31"}, {"start": "2027-04-31T18:00"}, (("bad-time", "start"),), says=("2027-04-31",)),
    "text where a number belongs": Bad(
        {"participants.6-12": "mange"}, {"participants": {"6-12": "mange"}}, (("not-a-number", "participants.6-12"),), says=("mange",)
    ),
    "a number below nothing": Bad({"participants.6-12": "-3"}, {"participants": {"6-12": -3}}, (("too-small", "participants.6-12"),)),
    "a zone that there is not": Bad({"zone": "Europe/Drammen"}, {"zone": "Europe/Drammen"}, (("unknown-field", "zone"),)),
    "the year 9999": Bad(
        {"date": "9999-12-31"}, {"start": "9999-12-31T18:00", "end": "9999-12-31T20:00"}, (("out-of-range", "start"),), says=("9999-12-31",)
    ),
    "an end in another age": Bad({"end_date": "2199-09-23"}, {"end": "2199-09-23T20:00"}, (("too-long-span", "end"),), says=("31",)),
    "an organisation that there is not": Bad(
        {"applicant": "other", "number": "999999999"},
        {"organisation": "999999999"},
        (("unknown-organisation", "organisation"),),
        404,
        ("999999999",),
    ),
    "a group beyond all numbers": Bad(
        {"applicant": "group:99999999999999999999"},
        {"organisation": "group:99999999999999999999"},
        (("bad-organisation", "organisation"),),
        says=("99999999999999999999",),
    ),
    "an agreement beyond all numbers": Bad({"agreement": "9" * 30}, {"agreement": 10**30}, (("too-large", "agreement"),)),
    "an agreement that there is not": Bad({"agreement": "99"}, {"agreement": 99}, (("unknown-agreement", "agreement"),), 404),
    "text without an end": Bad({"purpose": "æ" * 10_000}, {"purpose": "æ" * 10_000}, (("too-long-text", "purpose"),), says=("500",)),
    "a text that turns around": Bad(
        {"purpose": "Tre\u202ening"},
        {"purpose": "Tre\u202ening"},
        (("unseen-sign", "purpose"),),
        says=("U+202E",),
    ),
    "two lines where there is one": Bad({"contact": "Nina\nBcc: x"}, {"contact": "Nina\nBcc: x"}, (("several-lines", "contact"),)),
    "a telephone number that is none": Bad(
        {"contact_phone": "javascript:1"}, {"contact_phone": "javascript:1"}, (("bad-phone", "contact_phone"),), says=("javascript:1",)
    ),
    "a text with a NUL": Bad({"purpose": "a\0b"}, {"purpose": "a\0b"}, (("unseen-sign", "purpose"),)),
}
RULES = {
    "FREQ=SECONDLY;COUNT=3": "bad-rule",
    "FREQ=WEEKLY;COUNT=1000000000": "too-many-dates",
    "FREQ=WEEKLY;COUNT=" + "9" * 200: "bad-rule",
    "FREQ=WEEKLY;BYSETPOS=0;COUNT=2": "bad-rule",
    "FREQ=WEEKLY;BYSETPOS=-366;COUNT=2": "empty-rule",
    "FREQ=WEEKLY": "endless-rule",
    "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;COUNT=2": "empty-rule",
    "FREQ=WEEKLY;UNTIL=00010101T000000Z": "empty-rule",
    "'; DROP TABLE booking; --": "bad-rule",
    "": "bad-rule",
}
BODIES = {
    b"": "bad-json",
    b"{": "bad-json",
    b'{"room": "\\ud800"}': "bad-json",
    b"[" * 100_000: "bad-json",
    b'{"room":' * 5_000 + b"1" + b"}" * 5_000: "bad-json",
    b'{"start": NaN}': "bad-json",
    b"\xff\xfe": "bad-json",
    b"[]": "wrong-kind",
}


def test_page_and_api_say_what_is_wrong_with_a_wish_and_book_nothing(app: Flask, world: World, cookies: dict[str, str]) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    send(app, Try("/api/v1/feeds", method="GET"), "holder", world, cookies)
    before = contents(app.extensions["database"].engine)

    heard = {(name, language): both(app, bad, world, cookies, language) for name, bad in BAD.items() for language in LANGUAGES}

    assert {name: (page.status_code, api.status_code) for (name, _), (page, api) in heard.items()} == {
        name: (bad.status, bad.status) for name, bad in BAD.items()
    }
    assert {cell: tuple((fault["code"], fault["field"]) for fault in api.get_json()["faults"]) for cell, (_, api) in heard.items()} == {
        (name, language): bad.faults for name, bad in BAD.items() for language in LANGUAGES
    }
    assert {cell: unsaid(BAD[cell[0]], page, api) for cell, (page, api) in heard.items()} == {cell: [] for cell in heard}
    assert {name: len({heard[name, language][1].get_json()["detail"] for language in LANGUAGES}) for name in BAD} == dict.fromkeys(BAD, 3)
    assert changed(before, contents(app.extensions["database"].engine)) == []


def unsaid(bad: Bad, page: TestResponse, api: TestResponse) -> list[str]:
    """What should stand on the page and does not: the API's sentence, but where they read the date each in its way."""
    shown = " ".join(html.unescape(page.text).split())
    wanted = [*bad.says] if bad.faults[0][0] == "bad-time" else [*bad.says, api.get_json()["detail"]]
    return [text for text in wanted if text not in shown]


def both(app: Flask, bad: Bad, world: World, cookies: dict[str, str], language: str) -> Any:
    page = Try(f"/bookings?lang={language}", form={**ORDER, **bad.form})
    api = Try("/api/v1/bookings", json={**WISH, **bad.json}, headers={"Accept-Language": language})
    return send(app, page, "holder", world, cookies), send(app, api, "holder", world, cookies)


def test_no_recurrence_that_cannot_be_is_booked(app: Flask, world: World, cookies: dict[str, str]) -> None:
    asked = {rule: Try("/api/v1/bookings", json={**WISH, "recurrence": {"rrule": rule}}) for rule in RULES}

    heard = {rule: send(app, attempt, "holder", world, cookies) for rule, attempt in asked.items()}

    assert {rule: answer.get_json()["faults"][0]["code"] for rule, answer in heard.items()} == RULES
    assert {answer.status_code for answer in heard.values()} == {422}


def test_no_body_that_cannot_be_read_is_taken(app: Flask, world: World) -> None:
    headers = {"Authorization": f"Bearer {world.bearers['holder']}"}

    heard = {
        body: app.test_client().post("/api/v1/bookings", data=body, content_type="application/json", headers=headers) for body in BODIES
    }

    assert {body: answer.get_json()["faults"][0]["code"] for body, answer in heard.items()} == BODIES
    assert {answer.status_code for answer in heard.values()} == {422}


def test_ten_megabytes_are_too_much_and_the_answer_says_how_much_is_not(app: Flask, world: World, cookies: dict[str, str]) -> None:
    large = {"message": "x" * 10_000_000}
    tries = [Try("/bookings", form={**ORDER, **large}), Try("/api/v1/bookings", json={**WISH, **large})]

    answers = [send(app, attempt, "holder", world, cookies) for attempt in tries]

    assert [answer.status_code for answer in answers] == [413, 413]
    assert all("2 MB" in answer.text for answer in answers)


def test_a_token_that_stands_for_nobody_opens_nothing(app: Flask, world: World, cookies: dict[str, str]) -> None:
    other = {**world.bearers, "holder": world.bearers["holder"][:-1] + "~"}

    refused = send(app, Try("/api/v1/bookings", json=WISH), "holder", replace(world, bearers=other), cookies)
    feed = send(app, Try("/calendars/private/somebody-elses.ics", method="GET"), "nobody", world, cookies)
    link = send(app, Try(world.link[:-2] + "xx", method="GET"), "nobody", world, cookies)

    assert (refused.status_code, refused.get_json()["faults"][0]["code"]) == (401, "bad-token")
    assert (feed.status_code, link.status_code) == (404, 404)


def test_a_kind_of_rule_that_there_is_not_is_told_with_those_that_there_are(app: Flask, world: World, cookies: dict[str, str]) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    fields = {"kind": "lottery", "version": "1", "id": "lottery", **REASON}

    answer = send(app, Try("/policies/municipality/draft/rules/new", form=fields), "officer", world, cookies)

    assert answer.status_code == 422
    assert all(word in answer.text for word in ("lottery", "opening", "quota"))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_form_comes_back_with_what_is_wrong_named_and_what_was_typed(app: Flask, world: World, cookies: dict[str, str]) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    tries = {
        "Dato: «31. april»": Try("/bookings", form={**ORDER, "date": "31. april", "displace": "yes"}),
        "Grunn: Skriv alt på én linje": Try("/venues/oren-flerbrukshall/outside/displacement", form={"reason": "a\nb"}),
        "zz: Feltet er ukjent": Try(f"/bookings/{world.called_off.reference}/occurrences/2/return", form={"zz": "1"}),
        "Formål: Dette må fylles ut": Try(f"/bookings/{world.booked.reference}/description", form={"dates": "1"}),
        "«x» er ikke skrevet slik det skal": Try("/office/approvals", form={"approve": "x"}),
    }

    answers = {words: send(app, attempt, "officer", world, cookies) for words, attempt in tries.items()}

    assert {words: (answer.status_code, words in html.unescape(answer.text)) for words, answer in answers.items()} == dict.fromkeys(
        tries, (422, True)
    )


def test_of_a_field_that_is_sent_twice_one_is_taken_and_nothing_breaks(app: Flask, world: World, cookies: dict[str, str]) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    twice = {name: [value, value] for name, value in ORDER.items()}

    answer = send(app, Try("/bookings", form=twice), "holder", world, cookies)

    assert answer.status_code == 303


def test_a_nul_in_an_address_is_no_address(app: Flask, world: World) -> None:
    paths = ["/rooms/a%00b/c", "/venues/%00", "/calendars/rooms/a%00/b.ics", "/bookings/%00"]
    queries = ["/?q=%00", "/venues?text=%00", "/sign-in?next=%00", "/rooms/oren-flerbrukshall/gymsal-1?week=%00"]

    answers = [app.test_client().get(address).status_code for address in (*paths, *queries)]

    assert answers == [404] * len(paths) + [422] * len(queries)
