"""The week of a room on one scale."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.web.trial import week
from web.weekgrid import Slot, SlotState, week_grid

DAY = date(2026, 11, 24)


def at(hours: float) -> timedelta:
    return timedelta(hours=hours)


def test_time_that_no_slot_covers_is_closed() -> None:
    row = week_grid([(DAY, [Slot(at(16), at(18), SlotState.TAKEN, "Klubb")])]).rows[0]

    assert [(cell.slot.start, cell.slot.state, cell.width) for cell in row.cells] == [
        (at(8), SlotState.CLOSED, 96),
        (at(16), SlotState.TAKEN, 24),
        (at(18), SlotState.CLOSED, 48),
    ]


def test_the_scale_grows_to_early_and_late_slots_by_whole_hours() -> None:
    hours = week_grid([(DAY, [Slot(at(6.5), at(7), SlotState.FREE), Slot(at(22), at(22.25), SlotState.FREE)])]).hours

    assert (hours[0], hours[-1]) == (at(6), at(22))


def test_a_day_with_nothing_open_is_closed() -> None:
    rows = week_grid(week()).rows

    assert [row.is_closed for row in rows] == [False] * 6 + [True]


@given(st.sets(st.integers(0, 24 * 60), min_size=2, max_size=12))
def test_every_row_is_as_wide_as_the_scale(minutes: set[int]) -> None:
    edges = [timedelta(minutes=minute) for minute in sorted(minutes)]
    slots = [Slot(start, end, SlotState.TAKEN) for start, end in zip(edges[::2], edges[1::2], strict=False)]

    grid = week_grid([(DAY, slots), (DAY, [])])

    widths = {sum(cell.width for cell in row.cells) for row in grid.rows}
    assert widths == {len(grid.hours) * grid.hour_width}


def test_a_slot_of_one_hour_or_less_is_narrow() -> None:
    cells = week_grid([(DAY, [Slot(at(10), at(11), SlotState.FREE), Slot(at(12), at(14), SlotState.FREE)])]).rows[0].cells

    assert [cell.is_narrow for cell in cells if cell.slot.state is SlotState.FREE] == [True, False]


@pytest.mark.parametrize("state", list(SlotState))
def test_every_state_has_a_word(client, state: SlotState) -> None:  # type: ignore[no-untyped-def]
    text = client.get("/everything").text

    assert f'data-state="{state.value}"' in text
