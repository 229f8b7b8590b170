"""Presses: readers who follow any link and send any form of the pages they are shown, with what stands in it or with anything else."""

import random
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from html.parser import HTMLParser
from urllib.parse import urlencode, urljoin, urlsplit

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from accounts.models import Person
from booking.models import Booking
from database.transact import Database
from tests.clock import Clock

STARTS: Mapping[str, tuple[str, ...]] = {
    "Berit": ("/bookings", "/find"),
    "Nils": ("/bookings", "/complaints"),
    "Siri": ("/bookings",),
    "Per": ("/bookings", "/"),
    "Olav": ("/caretaker", "/office"),
    "Kari": ("/office", "/office/calendar"),
    "Ada": ("/people", "/personal-data/retention"),
}
WORDS = ("Trening", "Fullt.", "æøå <b>", "9" * 40, "18:00", "2027-06-10", "")
TYPED: Mapping[str, tuple[str, ...]] = {
    "time": ("09:00", "18:00", "19:30", "25:99", ""),
    "number": ("1", "3", "20", "0", "-1", "x", ""),
    "email": ("per@example.org", "x", ""),
    "tel": ("99000000", "x", ""),
}
REFUSED_ALWAYS = {401, 403, 404, 405, 410}
BURST = 12


@dataclass(slots=True)
class Form:
    """A form of a page: where it goes, and of each of its fields the name, the type, what stands there and what may be chosen."""

    method: str
    action: str
    fields: list[tuple[str, str, str, tuple[str, ...]]] = field(default_factory=list)
    buttons: list[tuple[str, str]] = field(default_factory=list)


class Page(HTMLParser):
    """The forms of a page, and the addresses on this site to which it leads, without those of other languages."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.forms: list[Form] = []
        self._form: Form | None = None
        self._choices: list[tuple[str, bool]] = []
        self._name = self._text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "a" and given.get("href", "#")[0] in "/?" and "hreflang" not in given:
            self.links.append(given["href"])
        if tag == "form":
            self._form = Form(given.get("method", "get").lower(), given.get("action", ""))
            self.forms.append(self._form)
        if tag == "option":
            self._choices.append((given.get("value", ""), "selected" in given))
        if self._form and "name" in given:
            self._begin(self._form, tag, given)

    def _begin(self, form: Form, tag: str, given: Mapping[str, str]) -> None:
        name, value, kind = given["name"], given.get("value", ""), given.get("type", "text")
        if tag == "button" or (tag, kind) == ("input", "submit"):
            form.buttons.append((name, value))
        elif tag == "input" and kind in ("checkbox", "radio"):
            form.fields.append((name, kind, value if "checked" in given else "", (value or "on",)))
        elif tag == "input" and kind != "file":
            form.fields.append((name, kind, value, ()))
        else:
            self._name, self._text, self._choices = name, "", []

    def handle_data(self, data: str) -> None:
        self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "select" and self._form and self._choices:
            chosen = next((value for value, is_chosen in self._choices if is_chosen), self._choices[0][0])
            self._form.fields.append((self._name, tag, chosen, tuple(value for value, _ in self._choices)))
        if tag == "textarea" and self._form:
            self._form.fields.append((self._name, tag, self._text, ()))
        if tag == "form":
            self._form = None


@dataclass(slots=True)
class Presses:
    """Random presses of some people, one after the other; what is wrong with an answer ends them with an AssertionError.

    No answer is an error of the program's, and nothing that stands on the page that was just shown is always refused: neither a link
    nor a button leads to what is not there, not allowed or not to be opened. What is wrong with what was typed, or taken, is an answer.
    """

    app: Flask
    clock: Clock
    dice: random.Random
    seen: Counter[int] = field(default_factory=Counter)

    def run(self, presses: int) -> Counter[int]:
        """So many presses; how often which status was answered."""
        readers, references = self._readers(), self._references()
        while sum(self.seen.values()) < presses:
            self.clock.pass_by(timedelta(minutes=self.dice.randrange(200)))
            name = self.dice.choice(list(readers))
            start = self.dice.choice((*STARTS[name], f"/bookings/{self.dice.choice(references)}"))
            at, answer = start, readers[name].get(start)
            for _ in range(BURST):
                self.seen[answer.status_code] += 1
                pressed = self._press(readers[name], at, answer)
                if pressed is None:
                    break
                at, answer = pressed
        return self.seen

    def _press(self, reader: FlaskClient, at: str, answer: TestResponse) -> tuple[str, TestResponse] | None:
        """Where a press leads from an answer, and what is answered there; nowhere from a file."""
        if answer.location:
            to = _joined(at, answer.location)
            return to, reader.get(to)
        if answer.status_code in REFUSED_ALWAYS or not answer.mimetype.startswith("text/html"):
            return None
        page = Page(answer.text)
        forms = [form for form in page.forms if "/sign-out" not in form.action]
        if forms and self.dice.random() < 0.6:
            form = self.dice.choice(forms)
            sent, to = list(self._filled(form)), _joined(at, form.action)
            if form.method == "get":
                to = f"{urlsplit(to).path}?{urlencode(sent)}"
                return to, reader.get(to)
            found = reader.post(to, data=_gathered(sent), headers={"Referer": f"http://localhost{at}"})
        elif page.links:
            sent, to = [], _joined(at, self.dice.choice(page.links))
            found = reader.get(to)
        else:
            return None
        assert found.status_code < 500 and found.status_code not in REFUSED_ALWAYS, f"{at} leads to {to} with {sent}: {found.status}"
        return to, found

    def _filled(self, form: Form) -> Iterator[tuple[str, str]]:
        for name, kind, value, choices in form.fields:
            is_changed = self.dice.random() < (0.5 if not value else 0.1)
            if kind == "hidden" or not is_changed:
                if value or kind not in ("checkbox", "radio"):
                    yield name, value
            elif kind == "date":
                yield name, f"{self.clock() + timedelta(days=self.dice.randrange(-2, 30)):%Y-%m-%d}"
            else:
                yield name, self.dice.choice(choices or TYPED.get(kind, WORDS))
        if form.buttons:
            yield self.dice.choice(form.buttons)

    def _readers(self) -> dict[str, FlaskClient]:
        database: Database = self.app.extensions["database"]
        readers = {}
        with database.reading() as session:
            for person in session.scalars(select(Person)):
                name = person.name.partition(" ")[0]
                if name in STARTS:
                    readers[name] = self.app.test_client()
                    with readers[name].session_transaction() as kept:
                        kept["_user_id"], kept["_fresh"] = f"{person.id}.{person.session_epoch}", True
        return readers

    def _references(self) -> list[str]:
        database: Database = self.app.extensions["database"]
        with database.reading() as session:
            return list(session.scalars(select(Booking.reference).order_by(Booking.id)))


def _joined(at: str, to: str) -> str:
    parts = urlsplit(urljoin(f"http://localhost{at}", to))
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _gathered(sent: list[tuple[str, str]]) -> dict[str, list[str]]:
    return {name: [value for one, value in sent if one == name] for name, _ in sent}
