"""Pages, bodies and commands are parsed by one language; all faults are told at once, at their fields."""

import json
import re
import sys
from typing import Annotated, Any, Literal

import pytest
from flask.testing import FlaskClient
from pydantic import Field
from pydantic_core import core_schema
from werkzeug.datastructures import MultiDict

from kernel.characters import composed, unseen
from kernel.errors import Fault, Invalid
from tests.web.trial import Wish
from web.faults import CODES, WRONG_KIND, name_of
from web.fields import Clock, Day, Email, Local, Moment, Phone, Prose, Zone
from web.forms import PLAIN, Form, Input, parse, parse_json, refused
from web.nesting import nested

GOOD = {"room": "Gymsal", "day": "24.11.2026", "start": "18.00", "people": "30", "email": "kari@example.org"}


class Capacity(Input):
    kind: Literal["capacity"]
    most: int


class Hours(Input):
    kind: Literal["hours"]
    opens: Clock


class Document(Input):
    rules: list[Annotated[Capacity | Hours, Field(discriminator="kind")]]


def faults_of(model: type[Input], data: Any) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as refusal:
        parse(model, data)
    return [(fault.code, fault.field) for fault in refusal.value.faults]


def test_a_form_and_a_body_give_the_same_value() -> None:
    form = MultiDict([*GOOD.items(), ("needs", "piano"), ("csrf_token", "x")])

    assert parse(Wish, form) == parse_json(
        Wish, b'{"room":" Gymsal ","day":"2026-11-24","start":"18:00","people":30,"email":"kari@example.org","needs":["piano"]}'
    )


class Dated(Input):
    day: Day
    start: Local
    sent: Moment


@pytest.mark.parametrize("written", ["1700006400", 1700006400, 1700006400.0, "٢٠٢٦-11-24", True])
def test_nothing_but_a_date_is_read_as_one(written: object) -> None:
    told = faults_of(Dated, {"day": written, "start": written, "sent": written})

    assert told == [("bad-date", "day"), ("bad-time", "start"), ("bad-time", "sent")]


def test_all_faults_are_told_at_once() -> None:
    wrong = MultiDict(
        {"room": "", "day": "31.04.2026", "start": "25:00", "people": "mange", "email": "kari", "needs": "orgel", "extra": "1"}
    )

    assert faults_of(Wish, wrong) == [
        ("missing-field", "room"),
        ("no-such-date", "day"),
        ("bad-clock", "start"),
        ("not-a-number", "people"),
        ("bad-email", "email"),
        ("not-a-choice", "needs[0]"),
        ("unknown-field", "extra"),
    ]


def test_a_fault_carries_what_was_given_and_the_way_out() -> None:
    with pytest.raises(Invalid) as refusal:
        parse(Wish, MultiDict(GOOD | {"needs": "orgel"}))

    assert refusal.value.faults == (Fault("not-a-choice", "needs[0]", "orgel", {"choices": ["piano", "projector"]}),)


def test_a_password_is_never_given_back() -> None:
    class Account(Input):
        password: str = Field(min_length=12)

    with pytest.raises(Invalid) as refusal:
        parse(Account, MultiDict({"password": "hemmelig"}))

    assert refusal.value.faults == (Fault("too-short-text", "password", None, {"least": 12}),)


def test_text_that_a_database_cannot_keep_is_refused() -> None:
    assert faults_of(Wish, {**GOOD, "room": "Gym\0sal"}) == [("unseen-sign", "room")]


UNSEEN = [
    "\ufffd",
    "\x1b",
    "\x7f",
    "\x85",
    "\xad",
    "\u061c",
    "\u200b",
    "\u202a",
    "\u2028",
    "\u2066",
    "\u3164",
    "\ufeff",
    "\ufffe",
    "\ue000",
    "\u0378",
    "\ud800",
    "a\u200d",
    "\u034f",
]
KEPT = ["Ka\u0308re", "👩\u200d👩\u200d👧", "❤\ufe0f\u200d🔥", "1\ufe0f\u20e3", "🫪", "\u0645\u06cc\u200c\u062e\u0648\u0627", "Bø\xa0IL"]


def test_nothing_is_read_that_does_not_show_and_all_else_in_one_spelling() -> None:
    told = {sign: faults_of(Wish, {**GOOD, "room": f"Gym{sign} sal"}) for sign in UNSEEN}

    assert told == {sign: [("unseen-sign", "room")] for sign in UNSEEN}
    assert [parse(Wish, {**GOOD, "room": text}).room for text in KEPT] == ["Käre", *KEPT[1:]]


def test_a_body_is_looked_through_as_a_form_is_whether_its_signs_are_escaped_or_not() -> None:
    class Said(Input):
        name: str

    for sign in [*UNSEEN, "\n", "\t"]:
        for escaped in (True, False) if sign > "\x1f" and sign != "\ud800" else (True,):
            with pytest.raises(Invalid) as refusal:
                parse_json(Said, json.dumps({"name": f"Gym{sign} sal"}, ensure_ascii=escaped).encode())
            assert [fault.code for fault in refusal.value.faults] == [
                {"\n": "several-lines", "\t": "several-lines", "\ud800": "bad-json"}.get(sign, "unseen-sign")
            ]
    bodies = (json.dumps({"name": text}, ensure_ascii=escaped).encode() for text in KEPT for escaped in (True, False))
    assert [parse_json(Said, body).name for body in bodies] == [text for text in ["Käre", *KEPT[1:]] for _ in range(2)]


def test_signs_that_a_body_is_not_looked_through_for_show_and_are_composed() -> None:
    plain = "".join(sign for sign in map(chr, range(sys.maxunicode + 1)) if PLAIN.fullmatch(sign))

    assert {"æ", "Ø", "é", "a", " "} < set(plain)
    assert (unseen(plain.replace("\r", "")), composed(plain.replace("\r", ""))) == ("", plain.replace("\r", ""))


def test_only_what_is_said_to_be_prose_has_several_lines() -> None:
    class Said(Input):
        name: str
        text: Prose
        most: Annotated[str, Field(max_length=1)] = ""

    assert faults_of(Said, {"name": "a\tb", "text": "a\nb"}) == [("several-lines", "name")]
    assert parse(Said, {"name": "a\n", "text": "a\r\n\tb", "most": "a\u0308"}) == Said(name="a", text="a\n\tb", most="ä")


@pytest.mark.parametrize(
    ("body", "code"),
    [(b"{", "bad-json"), (b"[]", "wrong-kind"), (b'{"people": NaN}', "bad-json"), (b"\xff", "bad-json"), (b"[" * 100_000, "bad-json")],
)
def test_a_body_that_is_no_object_of_json_is_refused(body: bytes, code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        parse_json(Wish, body)

    assert [fault.code for fault in refusal.value.faults] == [code]


def test_the_place_of_a_fault_in_a_union_is_named_as_the_form_names_it() -> None:
    given = {"rules": [{"kind": "capacity", "most": "mange"}, {"kind": "hours"}, {"kind": "weather"}]}

    assert faults_of(Document, given) == [
        ("not-a-number", "rules[0].most"),
        ("missing-field", "rules[1].opens"),
        ("not-a-choice", "rules[2]"),
    ]


def test_names_with_dots_and_brackets_are_nested() -> None:
    assert nested({"a.b": 1, "c[1].d": 2, "c[0].d": 3, "e[]": [4], "people.0-12": "8"}) == {
        "a": {"b": 1},
        "c": [{"d": 3}, {"d": 2}],
        "e": [4],
        "people": {"0-12": "8"},
    }


@pytest.mark.parametrize("names", [["a", "a.b"], ["a.b", "a"], ["a..b"], ["[0]"], ["a[x]"]])
def test_a_name_that_cannot_be_placed_is_refused(names: list[str]) -> None:
    with pytest.raises(Invalid) as refusal:
        nested(dict.fromkeys(names, "1"))

    assert [fault.code for fault in refusal.value.faults] == ["unknown-field"]


@pytest.mark.parametrize(
    ("kind", "text", "code"),
    [
        (Day, "i morgen", "bad-date"),
        (Clock, "halv seks", "bad-clock"),
        (Zone, "Europe/Drammen", "unknown-zone"),
        (Phone, "ring meg", "bad-phone"),
        (Phone, "+47 3204", "bad-phone"),
        (Phone, "+" + "9" * 16, "bad-phone"),
        (Email, "kari@", "bad-email"),
    ],
)
def test_shared_kinds_of_value_refuse_in_our_own_words(kind: Any, text: str, code: str) -> None:
    class Only(Input):
        it: kind

    assert faults_of(Only, {"it": text}) == [(code, "it")]


def test_a_telephone_number_loses_its_spaces() -> None:
    class Only(Input):
        it: Phone

    assert [parse(Only, {"it": text}).it for text in ("32 04 00 00", "+47 932-12-345", "0046.8123456", "02000")] == [
        "32040000",
        "+4793212345",
        "+468123456",
        "02000",
    ]


def test_every_finding_that_pydantic_can_make_has_a_code_of_ours() -> None:
    kinds = set(re.findall(r"'(\w+)'", str(core_schema.ErrorType)))
    structural = {kind for kind in kinds if CODES.get(kind, WRONG_KIND) == WRONG_KIND}

    assert set(CODES) <= kinds
    assert not {kind for kind in structural if kind.startswith(("string_", "int_", "float_", "date", "time", "bool_", "decimal_"))}


def test_a_missing_value_of_a_nested_field_is_named() -> None:
    assert name_of(("recurrence", "rrule"), {"recurrence": {}}, missing=True) == "recurrence.rrule"


def test_a_verb_s_field_finds_the_input_that_stands_for_it() -> None:
    form = refused(MultiDict({"start_time": "20:00"}), (Fault("end-before-start", "start"),), {"start": "start_time"})

    assert [fault.code for fault in form.of("start_time")] == ["end-before-start"]


def test_a_form_shows_stored_values_and_ticked_boxes() -> None:
    form = Form({"needs": ["piano"], "people": 30, "open": True, "note": None})

    assert (form.value("people"), form.value("note"), form.chosen("needs"), form.is_ticked("open")) == ("30", "", {"piano"}, True)


def test_a_refused_form_comes_back_as_typed_with_its_faults_at_the_fields(client: FlaskClient) -> None:
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/wishes/new").text)
    assert token

    answer = client.post("/wishes", data={**GOOD, "people": "<mange>", "csrf_token": token[1]})

    assert answer.status_code == 422
    assert 'value="&lt;mange&gt;"' in answer.text
    assert '<a class="ds-link" href="#field-people">Antall: «&lt;mange&gt;» er ikke et tall. Skriv bare sifre.</a>' in answer.text
    assert 'aria-invalid="true" aria-describedby="error-people"' in answer.text


def test_a_sent_form_leads_on_with_a_message(client: FlaskClient) -> None:
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/wishes/new").text)
    assert token

    answer = client.post("/wishes", data={**GOOD, "csrf_token": token[1]})

    assert (answer.status_code, answer.headers["Location"]) == (303, "/wishes/new")
    assert "Sendt: Gymsal" in client.get("/wishes/new").text
