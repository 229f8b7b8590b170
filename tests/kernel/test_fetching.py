"""Fetching: nothing inside is reached, nothing is endless, and no address is told."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from kernel.fetching import Fetched, Fetcher, Known, Unfetched, is_public, target_of
from tests.calendars.incoming.stand_in import Answers, answering

PLAN = b"BEGIN:VCALENDAR\r\n" + b"X-FILLING:" + b"x" * 500 + b"\r\nEND:VCALENDAR\r\n"
FETCHER = Fetcher("https://arena.test", {"timeplan.test"}, resolve=lambda host, port: ["127.0.0.1"])


@pytest.fixture(scope="module")
def there() -> Iterator[tuple[type[Answers], str]]:
    with answering(PLAN) as found:
        yield found


def why(address: str, fetcher: Fetcher = FETCHER) -> str:
    with pytest.raises(Unfetched) as failure:
        fetcher.fetch(address)
    assert "timeplan" not in str(failure.value) and failure.value.__cause__ is None
    return failure.value.code


def test_a_calendar_is_fetched_once_and_then_only_when_it_changed(there: tuple[type[Answers], str]) -> None:
    answers, address = there
    answers.asked.clear()

    first = FETCHER.fetch(f"{address}/plan.ics?key=hemmelig")
    again = FETCHER.fetch(f"{address}/plan.ics", Known(first.etag, first.modified))

    assert (first.data, first.modified) == (PLAN, "Mon, 23 Nov 2026 10:00:00 GMT")
    assert again == Fetched(None, first.etag, first.modified)
    (_, asked), (_, asked_again) = answers.asked
    assert answers.asked[0][0] == "/plan.ics?key=hemmelig"
    assert asked["User-Agent"] == "Arena/1.0 (+https://arena.test)" and "If-None-Match" not in asked
    assert (asked_again["If-None-Match"], asked_again["If-Modified-Since"]) == (first.etag, first.modified)
    assert FETCHER.fetch(f"{address}/packed").data == PLAN
    assert FETCHER.fetch(f"{address}/first").data == PLAN  # three times sent on


def test_only_what_wants_a_browser_is_told_that_it_is_one(there: tuple[type[Answers], str]) -> None:
    answers, address = there
    answers.asked.clear()

    assert FETCHER.fetch(f"{address}/picky").data == PLAN
    assert [headers["User-Agent"].partition("/")[0] for _path, headers in answers.asked] == ["Arena", "Mozilla"]


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("missing", "status-404"),
        ("truncated", "truncated"),
        ("cut", "truncated"),
        ("huge", "too-large"),
        ("bomb", "too-large"),
        ("slow", "too-slow"),
        ("silent", "too-slow"),
        ("inside", "inside-address"),
        ("file", "bad-address"),
        ("round", "too-many-redirects"),
    ],
)
def test_what_goes_wrong_is_a_code(there: tuple[type[Answers], str], path: str, code: str) -> None:
    quick = replace(FETCHER, deadline=0.15) if code == "too-slow" else FETCHER

    assert why(f"{there[1]}/{path}", quick) == code


def test_who_asks_to_be_left_alone_is(there: tuple[type[Answers], str]) -> None:
    with pytest.raises(Unfetched) as failure:
        FETCHER.fetch(f"{there[1]}/busy")

    assert (failure.value.code, failure.value.after) == ("status-503", timedelta(hours=2))


def test_the_number_that_was_checked_is_the_one_that_is_spoken_to(there: tuple[type[Answers], str]) -> None:
    """The name is asked for once: what it means a moment later changes nothing."""
    told = iter([["127.0.0.1"], ["10.0.0.1"]])
    changing = replace(FETCHER, resolve=lambda host, port: next(told))

    assert changing.fetch(f"{there[1]}/plan.ics").data == PLAN
    assert why("http://ute.test/", replace(FETCHER, resolve=lambda host, port: ["93.184.215.14", "10.0.0.1"])) == "inside-address"
    assert why("http://ute.test/", replace(FETCHER, resolve=lambda host, port: [])) == "inside-address"
    assert why("https://arena.test/calendars/rooms/oren-flerbrukshall/gymsal-1.ics") == "own-address"


def test_a_connection_that_is_not_safe_is_none(there: tuple[type[Answers], str]) -> None:
    assert why(there[1].replace("http", "https")) == "unsafe-connection"


INSIDE = """
127.0.0.1 10.1.2.3 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1 0.0.0.0 224.0.0.1 255.255.255.255 192.0.2.1 198.18.0.1 240.0.0.1
::1 :: fe80::1 fe80::1%eth0 fc00::1 fd00:ec2::254 ff02::1 2001:db8::1 ::ffff:127.0.0.1 ::ffff:169.254.169.254 ::127.0.0.1
2002:7f00:1:: 64:ff9b::a00:1 2001:0:7f00:1:: localhost
"""


@pytest.mark.parametrize("number", ["", *INSIDE.split()])
def test_numbers_inside_are_not_public(number: str) -> None:
    assert not is_public(number)


def test_numbers_outside_are() -> None:
    assert all(map(is_public, ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "::ffff:93.184.215.14", "64:ff9b::5db8:d70e"]))


NONE = """
timeplan.test ftp://timeplan.test/ file:///etc/passwd http:// http://user:word@timeplan.test/ http://[::1 http://a:99999/
gopher://timeplan.test/ http://a..b/
"""


@pytest.mark.parametrize("address", ["", "http://" + "a" * 300 + ".test/", *NONE.split()])
def test_what_is_no_address_is_none(address: str) -> None:
    assert why(address) == "bad-address"


def test_webcal_is_https_and_signs_in_a_path_are_written_out() -> None:
    target = target_of("webcal://Timeplan.test/år 1/plan.ics?klasse=8 B#dag")

    assert (target.scheme, target.host, target.port) == ("https", "timeplan.test", 443)
    assert target.path == "/%C3%A5r%201/plan.ics?klasse=8%20B"
