"""The navigation: what stands there at once, what stands under a heading, and what comes last."""

import re

from flask import Flask
from flask.testing import FlaskClient

from web.hooks import Group, Link, hooks


def test_entries_of_a_group_stand_under_its_heading_and_one_alone_beside_the_others(app: Flask, client: FlaskClient) -> None:
    staff = [
        Link("Faktura", "/invoices", "staff", group=Group.SUPPORT),
        Link("Innboks", "/inbox", "staff"),
        Link("Personer", "/people", "staff", group=Group.PEOPLE),
        Link("Avtaler", "/agreements", "staff", group=Group.SUPPORT),
    ]
    hooks(app).navigation.append(lambda: staff)

    menu = client.get("/everything").text.partition('aria-label="For ansatte"')[2].partition("</nav>")[0]

    assert re.findall(r"<summary>(.+?)</summary>", menu) == ["Støtte og penger"]
    assert re.findall(r">([^<>\s][^<>]*)</(?:a|summary)>", menu) == ["Innboks", "Personer", "Støtte og penger", "Faktura", "Avtaler"]


def test_what_is_done_by_a_button_comes_after_the_groups(app: Flask, client: FlaskClient) -> None:
    own = [Link("Konto", "/account", "account", group=Group.OWN), Link("Kalendere", "/calendars", "account", group=Group.OWN)]
    hooks(app).navigation.append(lambda: own)

    menu = client.get("/everything").text.partition('aria-label="Konto"')[2].partition("</nav>")[0]

    assert re.findall(r">([^<>\s][^<>]*)</(?:a|summary|button)>", menu) == ["Kari Nordmann", "Min side", "Konto", "Kalendere", "Logg ut"]
