"""Labels: the words of the vocabulary and the values of statements as pages and commands show them."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from kernel.texts import order_of
from venues.statements import ACCESS, UNKNOWN, Reading
from venues.vocabulary import (
    ACCESS_LABELS,
    ANSWER_LABELS,
    FACILITY_LABELS,
    FEATURE_LABELS,
    KEY_LABELS,
    KIND_LABELS,
    NOTE_LABELS,
    OPENNESS_LABELS,
    SCHOOL_LABELS,
    WEEKDAYS,
    WORD_LABELS,
    Access,
    label_of,
    need_words,
)
from web import formats
from web.texts import gettext

UNGROUPED = {"built"}


def in_order(words: Iterable[str], label: Callable[[str], str]) -> list[str]:
    """Words of the vocabulary in the alphabetical order of what they are shown as."""
    return sorted(words, key=lambda word: order_of(label(word)))


def kind_label(word: str) -> str:
    """A kind of venue or room: ``idrettshall``."""
    return gettext(label_of(word, KIND_LABELS)) if word else gettext("ukjent type")


def facility_label(word: str) -> str:
    """A facility: ``garderober``."""
    return gettext(label_of(word, FACILITY_LABELS))


def feature_label(word: str) -> str:
    """What a room has and may be out of order, as it stands within a sentence: ``heis``, ``trinnfri inngang``."""
    return _within(FEATURE_LABELS.get(word, word))


def need_label(need: str) -> str:
    """What somebody needs, as it stands within a sentence."""
    return _within(need_words(need))


def _within(label: str) -> str:
    words = gettext(label)
    return words[:1].lower() + words[1:] if label in ACCESS_LABELS.values() else words


def key_label(key: str) -> str:
    """What a statement is about; a key of an inventory that is not known is shown as written."""
    if key.startswith(ACCESS):
        feature = key.removeprefix(ACCESS)
        return gettext(ACCESS_LABELS[Access(feature)]) if feature in set(Access) else feature
    return gettext(KEY_LABELS[key]) if key in KEY_LABELS else key


def answer_label(word: str) -> str:
    """Yes, no or unknown."""
    return gettext(ANSWER_LABELS.get(word, word))  # type: ignore[call-overload]


def openness_label(word: str) -> str:
    return gettext(OPENNESS_LABELS[word])


def school_label(word: str) -> str:
    return gettext(SCHOOL_LABELS[word])


def weekday_label(number: int) -> str:
    """0 is Monday, 7 any public holiday."""
    return gettext(WEEKDAYS[number])


def minute_clock(minutes: int) -> str:
    """Minutes of the local day as a clock: ``24:00``."""
    return formats.clock(timedelta(minutes=minutes))


def initial(text: str) -> str:
    """The text with a capital first letter and the rest as it is: ``TV-skjerm``."""
    return text[:1].upper() + text[1:]


def note_text(note: str) -> str:
    """What a note of the inventory says is not known, empty where it is in nobody's words but the source's."""
    return initial(gettext(NOTE_LABELS[note])) if note in NOTE_LABELS else ""


def value_text(value: Any, key: str = "") -> str:
    """One value as people write it."""
    if value is None:
        return gettext("ukjent")
    if isinstance(value, bool):
        return gettext("ja") if value else gettext("nei")
    if isinstance(value, int | float):
        return str(value) if key in UNGROUPED else formats.number(value)
    if key.startswith(ACCESS):
        return answer_label(str(value))
    if key == "location" and isinstance(value, list):
        return ", ".join(f"{degrees:.4f}" for degrees in value)
    if key == "size_m" and isinstance(value, list):
        return " × ".join(formats.number(side) for side in value)
    if key == UNKNOWN and isinstance(value, list):
        return "; ".join(note_text(str(one)) or str(one) for one in value)
    if isinstance(value, list):
        return ", ".join(value_text(one) for one in value)
    if isinstance(value, dict):
        return ", ".join(f"{name}: {value_text(one)}" for name, one in value.items())
    return gettext(label_of(str(value), WORD_LABELS))


def reading_text(reading: Reading) -> str:
    """What is known: a value, ``ukjent``, or ``kildene er uenige: 4 000 / 6 000``."""
    texts = [value_text(value, reading.key) for value in reading.values]
    if reading.is_disputed:
        return gettext("kildene er uenige: %(values)s", values=" / ".join(texts))
    return texts[0] if texts else gettext("ukjent")


def dates_text(since: str | date | None, until: str | date | None) -> str:
    """A period: ``fra 1. januar 2025``, empty when it holds always."""
    first, last = (formats.long_date(_day(day)) if day else "" for day in (since, until))
    if first and last:
        return gettext("%(first)s til %(last)s", first=first, last=last)
    if first:
        return gettext("fra %(first)s", first=first)
    return gettext("til %(last)s", last=last) if last else ""


def days_text(days: Sequence[int]) -> str:
    """Weekdays in order as spans: ``mandag–fredag, søndag``."""
    spans: list[list[int]] = []
    for day in sorted(set(days)):
        if spans and day == spans[-1][-1] + 1:
            spans[-1].append(day)
        else:
            spans.append([day])
    return ", ".join(weekday_label(span[0]) if len(span) == 1 else f"{weekday_label(span[0])}–{weekday_label(span[-1])}" for span in spans)


def _day(written: str | date) -> date:
    return written if isinstance(written, date) else date.fromisoformat(written)
