"""The page of one's own calendars: making, changing address, ending, and the secret that is shown once."""

import re

import pytest
from sqlalchemy import select

from calendars.models import FeedToken
from tests.browsing import barriers

ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+(/calendars/private/[\w-]+\.ics)")


def test_who_is_not_signed_in_is_asked_to(client):
    assert client.get("/calendars").status_code in (302, 303, 401)


def test_the_page_lists_ones_own_feeds_and_never_their_addresses(autumn, sign_in):
    page = sign_in(autumn.cast.olav).get("/calendars").text

    assert "Olav, mobil" in page
    assert "Berit, mobil" not in page
    assert "/calendars/private/" not in page


def test_a_feed_is_made_and_its_address_shown_once(autumn, sign_in):
    visitor = sign_in(autumn.cast.per)

    made = visitor.post("/calendars", name="Per, iPhone", about="mine", language="nb")

    (path,) = set(ADDRESS.findall(made.text))
    assert (made.status_code, made.headers["Cache-Control"], made.headers["Referrer-Policy"]) == (201, "no-store", "no-referrer")
    assert "webcal://127.0.0.1" in made.text
    assert "https://calendar.google.com/calendar/r?cid=webcal%3A%2F%2F127.0.0.1" in made.text
    assert 'src="data:image/svg+xml' in made.text
    assert visitor.get(path).status_code == 200
    assert path not in visitor.get("/calendars").text


def test_a_button_that_is_pressed_twice_makes_one_calendar(autumn, sign_in):
    visitor = sign_in(autumn.cast.per)
    wanted = {"name": "Per, iPhone", "about": "mine", "language": "nb", "press": _press(visitor)}

    twice = [ADDRESS.findall(visitor.post("/calendars", **wanted).text)[0] for _ in range(2)]
    another = ADDRESS.findall(visitor.post("/calendars", **wanted | {"name": "Per, PC"}).text)[0]
    (first, _other) = autumn.change(lambda session: session.scalars(select(FeedToken.id).filter_by(person_id=autumn.cast.per.id)).all())
    visitor.post(f"/calendars/{first}/revocation")
    anew = ADDRESS.findall(visitor.post("/calendars", **wanted).text)[0]

    assert (twice[0], len({*twice, another, anew})) == (twice[1], 3)
    assert [visitor.get(path).status_code for path in (*twice, another, anew)] == [410, 410, 200, 200]
    assert _press(visitor) != wanted["press"]


@pytest.mark.parametrize("keep", ["30", "0"])
def test_an_address_that_is_changed_by_two_presses_is_changed_once(keep, autumn, sign_in):
    visitor = sign_in(autumn.cast.berit)
    old = autumn.change(lambda session: session.scalar(select(FeedToken.id).filter_by(person_id=autumn.cast.berit.id)))
    wanted = {"keep": keep, "press": _press(visitor)}

    answers = [visitor.post(f"/calendars/{old}/rotation", **wanted) for _ in range(2)]

    assert [one.status_code for one in answers] == [200, 200]
    assert ADDRESS.findall(answers[0].text)[0] == ADDRESS.findall(answers[1].text)[0]
    assert autumn.change(lambda session: session.query(FeedToken).filter_by(replaces_id=old).count()) == 1


def test_nobody_gets_the_calendar_of_others_by_their_press(autumn, sign_in):
    per = sign_in(autumn.cast.per)
    wanted = {"name": "Mobil", "about": "mine", "language": "nb", "press": _press(per)}
    made = [ADDRESS.findall(visitor().post("/calendars", **wanted).text)[0] for visitor in (lambda: per, lambda: sign_in(autumn.cast.tone))]

    assert len(set(made)) == 2


def _press(visitor):
    return re.findall(r'name="press" value="(\w+)"', visitor.get("/calendars").text)[-1]


def test_a_caretaker_chooses_venues_and_a_delegate_an_organisation(autumn, sign_in):
    olav = sign_in(autumn.cast.olav).post("/calendars", name="Runden", about="round", venues=["oren-flerbrukshall"], language="nn")
    sign = sign_in(autumn.cast.olav).post("/calendars", name="Skiltet", about="sign", rooms=["oren-flerbrukshall/gymsal-1"], language="nb")
    none = sign_in(autumn.cast.olav).post("/calendars", name="Skiltet", about="sign", language="nb")
    berit = sign_in(autumn.cast.berit).post("/calendars", name="Laget", about=str(autumn.cast.skiold.id), language="en")

    stored = autumn.change(lambda session: session.execute(select(FeedToken.name, FeedToken.scope, FeedToken.language)).all())

    assert [one.status_code for one in (olav, sign, none, berit)] == [201, 201, 422, 201]
    assert "Et dørskilt er for ett rom." in none.text
    assert ("Skiltet", {"venues": [autumn.cast.oren.id], "rooms": [autumn.rooms["gymsal-1"].id]}, "nb") in stored
    assert ("Runden", {"venues": [autumn.cast.oren.id]}, "nn") in stored
    assert ("Laget", {"organisations": [autumn.cast.skiold.id]}, "en") in stored


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"about": "mine", "language": "nb"}, "field-name"),
        ({"name": "x", "about": "round", "language": "nb"}, "field-venues"),
        ({"name": "x", "about": "round", "venues": "nowhere", "language": "nb"}, "field-venues"),
        ({"name": "x", "about": "999999999", "language": "nb"}, "field-about"),
        ({"name": "x", "about": "mine", "language": "se"}, "field-language"),
        ({"name": "x" * 101, "about": "mine", "language": "nb"}, "field-name"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_made(fields, said, autumn, sign_in):
    answer = sign_in(autumn.cast.olav).post("/calendars", **fields)

    assert answer.status_code == 422
    assert f'href="#{said}"' in answer.text
    assert autumn.change(lambda session: session.query(FeedToken).count()) == 3


def test_a_venue_of_others_is_forbidden_on_the_page(autumn, sign_in):
    answer = sign_in(autumn.cast.per).post("/calendars", name="x", about="round", venues="oren-flerbrukshall", language="nb")

    assert answer.status_code == 403
    assert autumn.change(lambda session: session.query(FeedToken).count()) == 3


def test_a_new_address_is_shown_and_the_old_one_lives_on_when_wanted(autumn, sign_in):
    visitor, old = sign_in(autumn.cast.olav), autumn.addresses["round"]

    kept = visitor.post(f"/calendars/{_feed(autumn)}/rotation", keep="30")
    (new,) = set(ADDRESS.findall(kept.text))

    assert [visitor.get(path).status_code for path in (old, new)] == [200, 200]
    assert "Gammel adresse, virker til 23. desember 2026" in visitor.get("/calendars").text


def test_a_stolen_address_ends_at_once(autumn, sign_in):
    visitor, old = sign_in(autumn.cast.olav), autumn.addresses["round"]

    visitor.post(f"/calendars/{_feed(autumn)}/rotation", keep="0")

    assert visitor.get(old).status_code == 410


def test_ending_a_feed_ends_it(autumn, sign_in):
    visitor = sign_in(autumn.cast.olav)

    answer = visitor.post(f"/calendars/{_feed(autumn)}/revocation")

    assert (answer.status_code, answer.headers["Location"]) == (303, "/calendars")
    assert visitor.get(autumn.addresses["round"]).status_code == 410
    assert "Olav, mobil" not in visitor.get("/calendars").text


def test_the_feed_of_another_is_not_there(autumn, sign_in):
    visitor = sign_in(autumn.cast.per)

    assert [visitor.post(f"/calendars/{_feed(autumn)}/{act}").status_code for act in ("rotation", "revocation")] == [404, 404]
    assert visitor.get(autumn.addresses["round"]).status_code == 200


def test_a_form_without_its_token_is_refused(autumn, sign_in):
    visitor = sign_in(autumn.cast.olav)

    assert visitor.client.post(f"/calendars/{_feed(autumn)}/revocation").status_code == 400
    assert visitor.get(autumn.addresses["round"]).status_code == 200


@pytest.mark.parametrize(
    ("page", "feed"),
    [
        ("/calendars/venues/oren-flerbrukshall", "/calendars/venues/oren-flerbrukshall.ics"),
        ("/calendars/rooms/oren-flerbrukshall/gymsal-1", "/calendars/rooms/oren-flerbrukshall/gymsal-1.ics"),
        ("/calendars/districts/bragernes-oren", "/calendars/districts/bragernes-oren.ics"),
        ("/calendars/organisations/313000001", "/calendars/organisations/313000001.ics"),
    ],
)
def test_a_public_feed_has_a_page_that_says_how_to_subscribe(page, feed, client):
    answer = client.get(page)

    assert answer.status_code == 200
    assert re.search(rf"http://127\.0\.0\.1:\d+{feed}<", answer.text)
    assert client.get(page.replace("oren", "nowhere").replace("3130", "9999")).status_code == 404


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_pages_can_be_used_by_everybody(autumn, app, page, axe):
    _sign_in(app, page, autumn.cast.olav)
    faults = barriers(page, axe, "/calendars")
    page.fill("#field-name", "Runden")
    page.check("input[name=about][value=round]")
    page.check("input[name=venues]")
    with page.expect_navigation():
        page.get_by_role("button", name="Lag kalenderabonnement").click()
    faults += barriers(page, axe)
    faults += barriers(page, axe, "/calendars/venues/oren-flerbrukshall")

    assert faults == []


def _sign_in(app, page, person):
    """As the sign-in page leaves the browser."""
    client = app.test_client()
    with client.session_transaction() as kept:
        kept["_user_id"], kept["_fresh"] = f"{person.id}.{person.session_epoch}", True
    cookie = client.get_cookie(app.config["SESSION_COOKIE_NAME"])
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": app.extensions["settings"].public_url}])


def _feed(autumn):
    return autumn.change(lambda session: session.scalar(select(FeedToken.id).where(FeedToken.name == "Olav, mobil")))
