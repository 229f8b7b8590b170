"""Tellers: which function puts which kind of rule into words, what a kind without one says, and what follows when a rule is broken."""

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from kernel.texts import marked as _
from policies import labels
from policies.kinds import FRAME
from policies.rules.base import Consequence, Rule, Span
from policies.values import Names, told_fields
from policies.verdict import Effect
from web.texts import gettext

R = TypeVar("R", bound=Rule)
Sentences = Iterator[str]
TELLERS: dict[type[Rule], Callable[[Any], Sentences]] = {}
THE_BOOKING, NEW_BOOKINGS = _("bookingen"), _("nye bookinger")
FRAMED = {*FRAME, *Rule.model_fields, "effect"}


def tells(kind: type[R]) -> Callable[[Callable[[R], Sentences]], Callable[[R], Sentences]]:
    """Marks the function that puts a kind of rule into words; a kind without one is told field by field."""

    def register(teller: Callable[[R], Sentences]) -> Callable[[R], Sentences]:
        TELLERS[kind] = teller
        return teller

    return register


def field_sentences(rule: Rule, names: Names) -> Sentences:
    """What the fields of any kind say, a sentence each."""
    yield from (told.sentence for told in told_fields(rule, names, but=FRAMED))
    effect = getattr(rule, "effect", None)
    if isinstance(effect, Effect):
        yield from otherwise(effect)


def otherwise(effect: Effect | Consequence) -> Sentences:
    """What follows when a rule is not met; that it is refused goes without saying."""
    if effect.value != Effect.REFUSE.value:
        yield gettext("Ellers %(follows)s.", follows=follows(effect))


def follows(effect: Effect | Consequence, msgid: str = THE_BOOKING) -> str:
    """What becomes of something, as it stands after the words that say when: ``må bookingen vurderes av en saksbehandler``."""
    what = gettext(msgid)
    match effect.value:
        case "refuse":
            return gettext("avslås %(what)s", what=what)
        case "review":
            return gettext("må %(what)s vurderes av en saksbehandler", what=what)
        case "warn":
            return gettext("godtas %(what)s med en advarsel", what=what)
        case _:
            return gettext("er det greit")


def becomes(subject: str, consequence: Effect | Consequence) -> str:
    """What becomes of a subject: ``Alkohol må vurderes av en saksbehandler.``"""
    return gettext("%(subject)s %(effect)s.", subject=subject, effect=labels.choice(consequence))


def becomes_each(*told: tuple[Consequence, str]) -> Sentences:
    """What becomes of each subject for which something follows."""
    yield from (becomes(subject, consequence) for consequence, subject in told if consequence is not Consequence.ALLOW)


def span(value: Span) -> str:
    """``14 dager``."""
    return labels.amount(value.amount, value.unit)
