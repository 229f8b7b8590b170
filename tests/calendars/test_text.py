"""The line serialiser against ``icalendar`` as the oracle, and against the octet rules of RFC 5545 3.1."""

import re
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar
from icalendar.parser import Contentline

from calendars.text import day, duration, escaped, line, list_line, text_line, utc, wall

ANY_TEXT = st.text(max_size=400)
AWKWARD = st.text(alphabet=';,\\"\n\r\t:^æøåÆØÅ😀é\x00\x0b\x85\u2028\ud800 nN', max_size=200)
WRITABLE = "[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff]"


@given(ANY_TEXT | AWKWARD)
def test_any_text_comes_back_as_it_was_without_control_characters(text):
    event = b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n" + text_line("SUMMARY", text) + b"END:VEVENT\r\nEND:VCALENDAR\r\n"

    read = Calendar.from_ical(event).walk("VEVENT")[0]["SUMMARY"]

    assert str(read) == expected(text)


@given(st.lists(AWKWARD.filter(lambda text: expected(text)), min_size=1, max_size=4))
def test_a_list_of_texts_comes_back_item_by_item(texts):
    event = b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n" + list_line("CATEGORIES", tuple(texts)) + b"END:VEVENT\r\nEND:VCALENDAR\r\n"

    read = Calendar.from_ical(event).walk("VEVENT")[0]["CATEGORIES"]

    assert [str(category) for category in read.cats] == [expected(text) for text in texts]


@given(ANY_TEXT | AWKWARD)
def test_every_physical_line_is_whole_utf8_of_at_most_75_octets_ending_in_crlf(text):
    written = text_line("DESCRIPTION", text)

    lines = written.split(b"\r\n")

    assert lines.pop() == b""
    assert [len(one) <= 75 and one.decode() is not None for one in lines] == [True] * len(lines)
    assert all(one.startswith(b" ") for one in lines[1:])
    assert not re.search(WRITABLE.replace("\\ud800-\\udfff", ""), b"".join(lines).decode())


@given(st.text(alphabet="abcæ😀", min_size=60, max_size=300))
def test_lines_are_as_full_as_the_octet_limit_allows(text):
    lines = text_line("X", text).split(b"\r\n")[:-1]

    assert all(len(one) >= 72 for one in lines[:-1])


@given(st.text(alphabet='ab;:,"^\n\x07æ ', min_size=1, max_size=30))
def test_parameters_are_quoted_and_careted(value):
    written = line("X-PLACE", "value", ALTREP=value)

    unfolded = written.replace(b"\r\n ", b"").removesuffix(b"\r\n").decode()
    _, parameters, read = Contentline(unfolded).parts()

    assert read == "value"
    assert parameters["ALTREP"] == value.replace("\x07", "")


def test_addresses_and_dates_stand_as_they_are():
    assert line("URL", "https://arena.example.no/a,b;c") == b"URL:https://arena.example.no/a,b;c\r\n"
    assert line("DTSTART", "20260310T180000", TZID="Europe/Oslo") == b"DTSTART;TZID=Europe/Oslo:20260310T180000\r\n"


def test_a_line_break_cannot_be_smuggled_into_an_address():
    assert line("URL", "https://a.no/\r\nATTENDEE:x") == b"URL:https://a.no/ATTENDEE:x\r\n"


def test_a_tab_is_kept_and_all_kinds_of_line_break_become_one():
    assert escaped("a\tb\r\nc\rd\u2028e\x85f") == "a\tb\\nc\\nd\\ne\\nf"


def test_times_are_written_in_their_three_forms():
    moment = datetime(2026, 3, 1, 9, 5, 7, tzinfo=UTC)

    assert utc(moment) == "20260301T090507Z"
    assert wall(datetime(999, 3, 10, 18, 0)) == "09990310T180000"
    assert day(date(2026, 3, 1)) == "20260301"
    assert duration(timedelta(hours=1, minutes=30)) == "PT90M"


def expected(text):
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return re.sub(WRITABLE, "", re.sub("[\x85\u2028\u2029]", "\n", text))
