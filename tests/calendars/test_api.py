"""The API of private feeds, by token."""

import re

import pytest

CARETAKER = {"name": "Rundt", "audience": "caretaker", "venues": ["oren-flerbrukshall"]}


def test_a_feed_is_made_listed_given_a_new_address_and_ended(autumn, call, client):
    made = call(autumn.cast.olav, "POST", "/feeds", CARETAKER)
    path = re.sub(r"^http://[^/]+", "", made.json["address"])
    listed = call(autumn.cast.olav, "GET", "/feeds")
    rotated = call(autumn.cast.olav, "POST", f"/feeds/{made.json['id']}/rotation", {"overlap_days": 7})
    ended = call(autumn.cast.olav, "POST", f"/feeds/{rotated.json['id']}/revocation")

    assert [one.status_code for one in (made, listed, rotated, ended)] == [201, 200, 200, 200]
    assert [one["name"] for one in listed.json["items"]] == ["Rundt", "Olav, mobil"]
    assert "address" not in listed.json["items"][0]
    assert made.headers["Cache-Control"] == "no-store"
    assert client.get(path).status_code == 410


@pytest.mark.parametrize(
    ("who", "body", "status"),
    [
        (None, CARETAKER, 401),
        ("per", CARETAKER, 403),
        ("per", {"name": "Mine", "audience": "booker"}, 201),
        ("berit", {"name": "Laget", "audience": "organisation", "organisation": "313000001"}, 201),
        ("per", {"name": "Laget", "audience": "organisation", "organisation": "313000001"}, 403),
        ("olav", {"name": "Skilt", "audience": "sign", "rooms": ["oren-flerbrukshall/gymsal-1"]}, 201),
        ("per", {"name": "Skilt", "audience": "sign", "rooms": ["oren-flerbrukshall/gymsal-1"]}, 403),
        ("olav", {"name": "Skilt", "audience": "sign", "venues": ["oren-flerbrukshall"]}, 422),
        ("olav", {"name": "Rundt", "audience": "caretaker", "rooms": ["oren-flerbrukshall/gymsal-1"] * 301}, 422),
        ("berit", {"name": "Laget", "audience": "organisation", "organisation": "313000001", "team": "G12"}, 422),
        ("olav", {"name": "", "audience": "caretaker"}, 422),
        ("olav", {"name": "x", "audience": "everybody"}, 422),
        ("olav", {"name": "x", "audience": "caretaker", "venues": ["nowhere"]}, 422),
        ("olav", {"name": "x", "audience": "caretaker"}, 422),
        ("olav", {"name": "x", "audience": "booker", "language": "se"}, 422),
        ("olav", {"name": "x", "audience": "booker", "shoe": 43}, 422),
    ],
)
def test_who_may_make_what(who, body, status, autumn, call):
    assert call(getattr(autumn.cast, who) if who else None, "POST", "/feeds", body).status_code == status


@pytest.mark.parametrize("act", ["rotation", "revocation"])
def test_the_feed_of_another_is_not_there(act, autumn, call):
    made = call(autumn.cast.olav, "POST", "/feeds", CARETAKER).json["id"]

    answer = call(autumn.cast.ada, "POST", f"/feeds/{made}/{act}", {})

    assert (answer.status_code, answer.json["faults"][0]["code"]) == (404, "no-feed")


def test_an_ended_feed_is_gone_for_rotation(autumn, call):
    made = call(autumn.cast.olav, "POST", "/feeds", CARETAKER).json["id"]
    call(autumn.cast.olav, "POST", f"/feeds/{made}/revocation")

    assert call(autumn.cast.olav, "POST", f"/feeds/{made}/rotation", {}).status_code == 410
