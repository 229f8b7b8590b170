"""Redaction: a case for everybody - people by their part in it, organisations by letters, and of what anybody wrote only what was let pass.

What stays is named here, member by member; all else is left out. Finding names in free text can promise nothing, so free text
is let pass by a person, text by text.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.models import Organisation, Person
from booking.complaints.free import Free
from booking.complaints.gathered import ORGANISATIONS, PEOPLE, Gathered, ids_in
from booking.pages.happened import told_publicly_of
from kernel.reach import REACH
from web.texts import gettext

LEAST_NAME = 3
LANGUAGES = {"nb", "nn", "en"}
# Published for everybody as it stands.
WHOLE = {"document", "scheme", "rooms", "participants", "resources"}
# Numbers, moments, states and words of ours; of what rules say the texts in three languages.
KEPT_LINES = (
    "format reference made_at municipality number redacted decision subject verb kind about at days body",
    "complaint state is_late is_admitted came_on notified_on due_on answer_by paused_on raised_at created_at closed_at steps from_staff",
    "on_day matter scheme grant covers asks ceiling report_days first_day last_day amount own_share ended_at sent_at decided_at begun_at",
    "answered_at is_lost lost_until noted_at wish applicant_class participants needs resources recurrence open_to_all shown_publicly",
    "alcohol commercial booking room activity occurrences start end local_start local_end zone list_price charged_price tariff fee",
    "absent_at sequence version decide_by confirm_by decider case deputy_until hold_minutes broken_at raised_to judgements act versions",
    "dates request wall second ends_second submitted applicant heads band first last in_series interval facts windows hours_known days",
    "date holiday figures usage minutes minutes_inside registered local capacity office_holidays by_staff entitlement price_class",
    "minutes_granted minutes_used verdict outcome objections warnings rule layer code field limit effect reason source paragraph address",
    "alternatives change waivable_by is_asked role title promised_by price lines list_lines day tariff_from unit rate percent is_deferred",
    "buffer_before buffer_after reads conditions what task text_version whose where least_age valid_days due overdue access means begins",
    "ends deposit rank place of points name displacement strength notice_days compensation cancellation absence times release_hours",
    "hearing_days checklist replay is_same messages visibility answer audit via rules valid_from published_at notices acknowledged_at",
    "timeline said others asked_at",
)
KEPT = frozenset(" ".join(KEPT_LINES).split())
# Of these a number or a moment is kept, and text is not.
BARE = {"limit", "value", "name", "title", "text", "first", "last"}
# A number of people, minutes or kroner, ages, a clock time, a day, a moment: too short for a telephone or a birth number, which have
# eight digits and eleven, with nothing else between them.
A_DAY, A_TIME = r"\d{4}-\d\d-\d\d", r"\d\d:\d\d(:\d\d(\.\d+)?)?"
NUMBERS = r"-?\d{1,5}([.,]\d{1,2})?|\d{1,3}(-\d{1,3}|\+)"
PLAIN = re.compile(rf"{NUMBERS}|{A_DAY}(T{A_TIME}(Z|[+-]\d\d:\d\d)?)?|{A_TIME}(-{A_TIME})?", re.ASCII)
LARGEST_PLAIN = 9_999_999


@dataclass(frozen=True, slots=True)
class Labels:
    """What people and organisations are called in a case, by their ids."""

    people: Mapping[int, str]
    organisations: Mapping[int, str]


def redacted(session: Session, whole: Gathered, passed: Collection[str] = ()) -> dict[str, Any]:
    """The case for everybody, with the free texts of these names as ``texts_of`` shows them."""
    labels = labels_of(whole)
    said = {key: text for key, text in texts_of(session, whole) if key in passed}
    case = {name: part for name, part in whole.case.items() if name not in ("people", "organisations", "timeline")}
    case["messages"] = [one for one in case.get("messages", ()) if one["visibility"] != "internal"]
    case["others"] = [{name: value for name, value in one.items() if name != "booking"} for one in case.get("others", ())]
    if "complaint" in case:
        case["complaint"] = case["complaint"] | {"steps": [one for one in case["complaint"]["steps"] if one["kind"] != "noted"]}
    if whole.booking and whole.chain:
        lines = told_publicly_of(whole.chain, whole.booking, labels.people)
        case["timeline"] = [{"at": line.at.isoformat(), "said": line.text} for line in lines]
    found: dict[str, Any] = _Redaction(labels, said).of(case)
    return {**found, "redacted": True}


def texts_of(session: Session, whole: Gathered) -> list[tuple[str, str]]:
    """The free texts of a case by name, with what is known of people and organisations taken out: names of those in the case in every
    part, of all others whole, telephone numbers and addresses. What else a text gives away, only a reader sees."""
    shown = {key: value for key, value in whole.case.items() if key != "complaint"}
    steps = [one for one in whole.case.get("complaint", {}).get("steps", ()) if one["kind"] != "noted"]
    found = {text.key: str(text) for text in _free_in([steps, shown]) if text.strip()}
    names = _names(session, whole, " ".join(found.values()).casefold())
    words = re.compile("|".join(rf"\b{re.escape(name)}\b" for name in sorted(names, key=len, reverse=True)) or r"(?!)", re.IGNORECASE)
    return [(key, REACH.sub(hidden(), words.sub(hidden(), text))) for key, text in found.items()]


def labels_of(whole: Gathered) -> Labels:
    """The party's people, the municipality's in the order in which they come, those of others; the party's organisation, and others."""
    case, holder = whole.case, whole.case.get("wish", {}).get("holder")
    party = case.get("decision", {}).get("person") or holder
    own = case.get("decision", {}).get("organisation") or case.get("wish", {}).get("organisation")
    others = {one["holder"] for one in case.get("others", ())}
    theirs = {step["by"] for step in case.get("complaint", {}).get("steps", ()) if not step["from_staff"]}
    theirs |= {one["by"] for one in case.get("messages", ()) if not one["from_staff"]}
    # Of a decision on no booking the party is told, and the office by notices of its own.
    theirs |= {
        one["person"]
        for one in case["notices"]
        if one["kind"] != "complaint-office" and (not whole.booking or one["kind"] == "complaint-step")
    }
    if whole.chain and own:
        theirs |= {person for person, organisation in whole.chain.members if organisation == own}
    people: dict[int, str] = {}
    counts = {"applicant": 0, "other": 0, "staff": 0}
    hands = [event.act.hand_id for event in whole.chain.events if event.act.hand_id] if whole.chain else []
    for one in dict.fromkeys([*ids_in(case, PEOPLE), *hands]):
        if one == party:
            people[one] = gettext("søkeren")
            continue
        side = "applicant" if one in theirs else "other" if one in others else "staff"
        counts[side] += 1
        words = {"applicant": gettext("representant"), "other": gettext("annen søker"), "staff": gettext("saksbehandler")}
        people[one] = f"{words[side]} {counts[side]}"
    organisations = {own: gettext("søkerorganisasjonen")} if own else {}
    competing = [one for one in dict.fromkeys(ids_in(case, ORGANISATIONS)) if one != own]
    organisations |= {one: gettext("organisasjon %(letter)s", letter=_letter(number)) for number, one in enumerate(competing)}
    return Labels(people, organisations)


def hidden() -> str:
    """What stands where something was left out."""
    return gettext("[utelatt]")


class _Redaction:
    """Takes all out of JSON values that is not named above."""

    def __init__(self, labels: Labels, passed: Mapping[str, str]) -> None:
        self._labels = labels
        self._passed = passed

    def of(self, value: Any) -> Any:
        match value:
            case dict() if value and set(value) <= LANGUAGES:
                return value
            case dict():
                return {key: self._member(key, inner) for key, inner in value.items() if self._stays(key, inner)}
            case list() | tuple():
                return [self.of(inner) for inner in value]
            case Free():
                return self._passed.get(value.key, hidden() if value.strip() else "")
            case _:
                return value

    def _stays(self, key: str, value: Any) -> bool:
        if key in PEOPLE | ORGANISATIONS | WHOLE or isinstance(value, Free):
            return True
        if key == "reason" and not isinstance(value, dict):
            return False
        return key in KEPT and (key not in BARE or _is_plain(value))

    def _member(self, key: str, value: Any) -> Any:
        if key in WHOLE:
            return value
        names = self._labels.people if key in PEOPLE else self._labels.organisations if key in ORGANISATIONS else None
        if names is None or isinstance(value, dict | list):
            return self.of(value)
        return names.get(int(value), hidden()) if str(value).isdecimal() else None


def _is_plain(value: Any) -> bool:
    match value:
        case str():
            return PLAIN.fullmatch(value) is not None
        case int() | float():
            return abs(value) <= LARGEST_PLAIN
        case _:
            return True


def _free_in(value: Any) -> Iterator[Free]:
    match value:
        case Free():
            yield value
        case dict():
            yield from (text for key, inner in value.items() if key not in WHOLE for text in _free_in(inner))
        case list():
            yield from (text for inner in value for text in _free_in(inner))
        case _:
            return


def _names(session: Session, whole: Gathered, said: str) -> set[str]:
    case = whole.case
    contact = case.get("wish", {}).get("contact", {}).get("name", "")
    own = [*(one["name"] for one in case["people"]), *(one["name"] for one in case["organisations"]), contact]
    parts = {part for name in own for part in (name, *name.split()) if len(part) >= LEAST_NAME}
    everybody = (*session.scalars(select(Person.name)), *session.scalars(select(Organisation.name)))
    return parts | {name for name in everybody if len(name) >= LEAST_NAME and name.casefold() in said}


def _letter(number: int) -> str:
    """A, B, …, Z, AA, AB, …"""
    found = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        found = chr(ord("A") + rest) + found
    return found
