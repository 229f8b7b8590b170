"""Every page and every answer of the API is read as everybody: none breaks, and none tells of a person what the role may not see."""

import html
import re
from collections.abc import Mapping
from datetime import date
from io import BytesIO
from zipfile import ZipFile

import pytest
from flask import Flask
from sqlalchemy import select

from accounts.models import Organisation, Person
from accounts.personal.models import ContactLook
from booking.billing.periods import Closing, close_period
from database.transact import Database
from tests import cast
from tests.authority.sending import send
from tests.authority.tries import Try
from tests.authority.walking import addresses
from tests.authority.world import EVERYBODY, World
from tests.booking.conftest import NOW

EVERY = frozenset(cast.SURNAMES)
# Whose name, and whose telephone number or address, somebody may be told: one's own, of those one acts with, of those whose bookings
# one looks after, and by name those who work on one's case. Nobody else is told of any person.
NAMES: Mapping[str, frozenset[str]] = {
    "nobody": frozenset(),
    "private": frozenset({"per", "kari"}),
    "asked": frozenset({"siri"}),
    "delegate": frozenset({"nils", "berit", "siri", "kari", "olav"}),
    "holder": frozenset({"berit", "nils", "siri", "kari", "olav"}),
    "elsewhere": frozenset({"tone"}),
    "caretaker": frozenset({"olav", "ada", "kari", "berit", "siri", "per"}),
    "officer": EVERY,
    "administrator": EVERY,
}
REACH: Mapping[str, frozenset[str]] = {
    "nobody": frozenset(),
    "private": frozenset({"per"}),
    "asked": frozenset({"siri"}),
    "delegate": frozenset({"nils", "berit", "siri"}),
    "holder": frozenset({"berit", "nils", "siri"}),
    "elsewhere": frozenset({"tone"}),
    "caretaker": frozenset({"olav", "berit", "siri", "per"}),
    "officer": EVERY,
    "administrator": EVERY,
}
# Whoever has such an address was sent it: it tells its reader who that is.
SECRETS = ("/links/", "/invitations/", "/calendars/links/", "/answers/")
# A telephone number of the cast, written together or in groups; seconds that were measured may hold its digits after their point.
NUMBER = r"(?<![\d.])(?:\+?47\s?)?" + r"\s?".join("9900000") + r"\s?(\d)(?!\d)"


@pytest.fixture
def period(app: Flask, world: World) -> int:
    database: Database = app.extensions["database"]
    september = Closing(first_day=date(2026, 9, 1), last_day=date(2026, 9, 30))
    with database.reading() as session:
        kari = cast.actor(session, session.get_one(Person, world.officer))
    return database.transact(close_period, september, by=kari, now=NOW).id


def test_nobody_is_told_of_a_person_whom_the_role_may_not_see(app: Flask, world: World, cookies: dict[str, str], period: int) -> None:
    database: Database = app.extensions["database"]
    with database.reading() as session:
        ids = {person.email.partition("@")[0]: person.id for person in session.scalars(select(Person)) if person.email}
        organisations = session.scalars(
            select(Organisation.id).where(Organisation.name.in_(["Skiold turn", "Strømmen sangkor", "Onsdagskvilterne"]))
        ).all()
    walk = list(addresses(app, world, [ids[name] for name in ("kari", "olav", "berit", "per")], organisations, period))
    names: dict[str, set[str]] = {who: set() for who in EVERYBODY}
    reach: dict[str, set[str]] = {who: set() for who in EVERYBODY}

    broken = []
    for who in EVERYBODY:
        for address in walk:
            with send(app, Try(address, method="GET"), who, world, cookies) as answer:
                if answer.status_code >= 500:
                    broken.append((who, address, answer.status_code))
                told = told_of(text_of(answer.get_data())) if not address.startswith(SECRETS) else (set(), set())
            names[who] |= told[0]
            reach[who] |= told[1]

    assert broken == []
    assert {who: frozenset(told) for who, told in names.items()} == NAMES
    assert {who: frozenset(told) for who, told in reach.items()} == REACH
    seen = {(who, one) for who in EVERYBODY if (me := EVERYBODY[who]) for one in reach[who] if one != me}
    with database.reading() as session:
        looks = {(row.viewer_id, row.person_id) for row in session.scalars(select(ContactLook))}
    assert {(who, one) for who, one in seen if (ids[EVERYBODY[who]], ids[one]) not in looks} == set()


def text_of(body: bytes) -> str:
    """An answer as text, of a spreadsheet too."""
    if not body.startswith(b"PK"):
        return body.decode(errors="replace")
    with ZipFile(BytesIO(body)) as packed:
        return "".join(packed.read(name).decode() for name in packed.namelist() if name.endswith(".xml"))


def told_of(text: str) -> tuple[set[str], set[str]]:
    """Whose name stands in an answer, and whose address or telephone number."""
    text = html.unescape(text)
    numbers = set(re.findall(NUMBER, text))
    names = {name for name, surname in cast.SURNAMES.items() if f"{name.capitalize()} {surname}" in text}
    reach = {name for number, name in enumerate(cast.SURNAMES) if f"{name}@example.org" in text or str(number) in numbers}
    return names, reach
