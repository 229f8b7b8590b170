"""The window of a feed and the settings of its address."""

from datetime import UTC, date, datetime

import pytest

from calendars.forms import Form
from calendars.window import Span, Wanted, span_of, tells_cancelled, today_in, wanted_of
from kernel.errors import Invalid
from kernel.interval import Interval

OSLO = "Europe/Oslo"
TODAY = date(2026, 11, 23)


def moment(text):
    return datetime.fromisoformat(f"{text}+00:00")


def test_the_usual_window_is_of_whole_local_days():
    assert span_of(Wanted(), TODAY, OSLO) == Span(
        Interval(moment("2026-08-24 22:00"), moment("2028-05-16 22:00")),
        moment("2026-11-08 23:00"),
        TODAY,
    )


def test_an_address_may_ask_for_other_days_and_for_no_cancelled_ones():
    wanted = wanted_of({"from": "2026-03-29", "to": "2026-03-29", "cancelled": "0"})

    assert span_of(wanted, TODAY, OSLO) == Span(Interval(moment("2026-03-28 23:00"), moment("2026-03-29 22:00")), None, TODAY)


def test_machines_are_told_of_today_and_two_months():
    assert span_of(wanted_of({}, Form.SIGN), TODAY, OSLO) == Span(
        Interval(moment("2026-11-22 23:00"), moment("2027-01-22 23:00")), None, TODAY
    )


def test_what_lies_too_far_away_is_cut():
    span = span_of(wanted_of({"from": "2001-01-01", "to": "2099-12-31"}), TODAY, OSLO)

    assert span.window.length.days == 2201


def test_nothing_is_told_beyond_the_zone_blocks():
    span = span_of(wanted_of({"to": "2040-01-01"}), date(2037, 6, 1), OSLO)

    assert span.window.end == moment("2037-12-31 23:00")


@pytest.mark.parametrize("query", [{"from": "31.04.2026"}, {"to": "soon"}, {"cancelled": "yes"}, {"level": "staff"}, {"lang": "se"}])
def test_settings_that_cannot_be_read_are_refused(query):
    with pytest.raises(Invalid):
        wanted_of(query)


def test_settings_that_are_empty_or_unknown_are_as_none():
    assert wanted_of({"from": "", "lang": "", "utm_source": "x"}) == Wanted()


def test_addresses_that_ask_for_other_things_have_other_names():
    queries = [{}, {"from": "2026-01-01"}, {"to": "2026-01-01"}, {"cancelled": "0"}, {"level": "busy"}, {"lang": "nn"}]

    names = [wanted_of(query).name for query in queries]
    assert len(set(names)) == len(queries)
    assert [tells_cancelled(name) for name in names] == [True, True, True, False, True, True]


def test_the_local_day_turns_at_local_midnight():
    assert [today_in(OSLO, datetime(2026, 11, 23, hour, tzinfo=UTC)) for hour in (22, 23)] == [TODAY, date(2026, 11, 24)]
