"""What a body takes over from the one before it: every event that is as it was, in its new place, and nothing else."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from calendars.bodies import NO_DATE, NOTHING, Context, Key, Page, Part, Rendering, Run
from calendars.levels import Holder

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
ROOMS, CLUBS = {1: 1, 2: 1}, {None: None, 7: Holder("Skiold", True, NOW)}
DATES = st.lists(
    st.tuples(st.integers(1, 9), st.integers(1, 2), st.sampled_from([1, 2]), st.sampled_from([None, 7])),
    max_size=9,
    unique_by=lambda key: key[0],
)


def context(rooms: dict[int, int] = ROOMS, name: str = "Skiold") -> Context:
    return Context(rooms, {7: Holder(name, True, NOW)})


def told(key: Key, about: Context) -> Run:
    """As an event would: its key, and what its room and its organisation are told as."""
    holder = about.holders.get(key[3])
    text = f"{key} {about.rooms.get(key[2])} {holder.name if holder else ''}\n".encode() if key[1] != 2 or key[0] % 2 else b""
    return [Part(key, len(text), NOW, "UTC", None)], text


def whole(keys: list[Key], about: Context) -> Rendering:
    return Page([*(told(key, about) for key in keys), told(NO_DATE, about)]).between(b"head\n", b"end\n", about)


def anew(keys: list[Key], about: Context, before: Rendering) -> tuple[Rendering, int]:
    """The same by taking over, and how many events were written for it."""
    kept = before.unchanged(keys, about)
    fresh = {key[0]: told(key, about) for key, place in zip(keys, kept, strict=True) if place is None}
    return Page([*before.woven(keys, kept, fresh), told(NO_DATE, about)]).between(b"head\n", b"end\n", about), len(fresh)


@given(DATES, DATES, st.sampled_from([1, 2]), st.sampled_from(["Skiold", "IF Skiold"]))
def test_taking_over_makes_what_writing_everything_makes(old: list[Key], new: list[Key], revision: int, name: str) -> None:
    before, about = whole(old, context()), context({1: 1, 2: revision}, name)

    assert anew(new, about, before)[0] == whole(new, about)


def test_what_one_change_leaves_alone_is_taken_over_in_two_runs() -> None:
    old: list[Key] = [(number, 1, 1, 7) for number in range(1, 1001)]
    before, new = whole(old, context()), [*old[:400], (401, 2, 1, 7), *old[401:]]

    runs = list(before.woven(new, before.unchanged(new, context()), {401: told(new[400], context())}))

    assert [len(parts) for parts, _ in runs if parts] == [400, 1, 599]


def test_only_dates_of_a_room_or_an_organisation_that_changed_are_written_anew() -> None:
    keys: list[Key] = [(1, 1, 1, None), (2, 1, 2, None), (3, 1, 1, 7), (4, 1, 2, 7)]
    before = whole(keys, context())

    assert [anew(keys, about, before)[1] for about in (context(), context({1: 1, 2: 2}), context(name="IF Skiold"))] == [0, 2, 2]


def test_nothing_is_taken_over_from_a_body_that_was_read_from_a_file() -> None:
    keys: list[Key] = [(1, 1, 1, 7)]

    assert Rendering(b"whatever").unchanged(keys, context()) == NOTHING.unchanged(keys, context()) == [None]
