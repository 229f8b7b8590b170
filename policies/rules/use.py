"""The rule kinds about use: how many people a room takes, and what it may be used for."""

from collections.abc import Iterator
from typing import ClassVar, Literal

from pydantic import Field

from kernel.texts import marked as _
from policies.occasion import Occasion
from policies.rules.base import Breach, Consequence, Count, Reads, Rule, Text
from policies.taxonomy import Activity, is_within
from policies.verdict import Effect


class Capacity(Rule):
    """What follows when more people are meant to come than the room takes, or when either number is not known.

    The limit is the room's capacity in the inventory; ``at_most`` may lower it, never raise it.
    """

    own_reads: ClassVar[frozenset[Reads]] = frozenset({Reads.ROOM, Reads.HEADS})
    is_safety: ClassVar[bool] = True

    follows: ClassVar[tuple[str, ...]] = ("over", "unknown_capacity", "unknown_heads")
    called: ClassVar[str] = _("Hvor mange")

    kind: Literal["capacity"] = "capacity"
    over: Literal[Consequence.REFUSE, Consequence.REVIEW, Consequence.WARN] = Field(
        default=Consequence.REFUSE, title=_("Flere enn rommet tar, eller færre enn det minste")
    )
    unknown_capacity: Consequence = Field(default=Consequence.WARN, title=_("Når vi ikke vet hvor mange rommet tar"))
    unknown_heads: Consequence = Field(default=Consequence.WARN, title=_("Når søkeren ikke sier hvor mange de er"))
    at_most: Count | None = Field(default=None, title=_("Høyst så mange"))
    at_least: Count | None = Field(default=None, title=_("Minst så mange"))

    def judge(self, occasion: Occasion) -> Iterator[Breach]:
        heads = occasion.request.heads
        limits = [limit for limit in (occasion.facts.room.capacity, self.at_most) if limit is not None]
        if not limits and self.unknown_capacity.effect:
            yield Breach("capacity-unknown", "heads", heads, None, self.unknown_capacity.effect)
        if heads is None:
            if (limits or self.at_least) and self.unknown_heads.effect:
                yield Breach("heads-unknown", "heads", None, min(limits, default=None), self.unknown_heads.effect)
            return
        if limits and heads > min(limits) and self.over.effect:
            yield Breach("over-capacity", "heads", heads, min(limits), self.over.effect)
        if self.at_least is not None and heads < self.at_least and self.over.effect:
            yield Breach("too-few", "heads", heads, self.at_least, self.over.effect)


class Purpose(Rule):
    """What a room may be used for: only these activities, not those, and what follows from trade, alcohol and a closed door.

    ``any_tag`` are tags of which the room must have one, for a use that not every room is approved for.
    """

    own_reads: ClassVar[frozenset[Reads]] = frozenset({Reads.USE, Reads.ROOM})
    called: ClassVar[str] = _("Hva rommet kan brukes til")

    kind: Literal["purpose"] = "purpose"
    allowed: tuple[Activity, ...] = Field(default=(), title=_("Kan bare brukes til"))
    forbidden: tuple[Activity, ...] = Field(default=(), title=_("Kan ikke brukes til"))
    any_tag: tuple[Text, ...] = Field(default=(), title=_("Rommet må ha ett av disse kjennetegnene"))
    commercial: Consequence = Field(default=Consequence.ALLOW, title=_("Kommersiell bruk"))
    alcohol: Consequence = Field(default=Consequence.ALLOW, title=_("Alkohol"))
    closed_to_others: Consequence = Field(default=Consequence.ALLOW, title=_("Det som ikke er åpent for alle"))
    effect: Effect = Field(default=Effect.REFUSE, title=_("Annen bruk"))

    def judge(self, occasion: Occasion) -> Iterator[Breach]:
        request = occasion.request
        if self.allowed and not any(is_within(request.activity, wider) for wider in self.allowed):
            yield Breach("activity-not-allowed", "activity", request.activity.value, ", ".join(self.allowed), self.effect)
        if any(is_within(request.activity, wider) for wider in self.forbidden):
            yield Breach("activity-forbidden", "activity", request.activity.value, None, self.effect)
        tags = occasion.facts.room.tags
        if self.any_tag and set(self.any_tag).isdisjoint(tags):
            yield Breach("room-not-approved", "room", ", ".join(tags), ", ".join(self.any_tag), self.effect)
        if request.commercial and self.commercial.effect:
            yield Breach("commercial-use", "commercial", True, False, self.commercial.effect)
        if request.alcohol and self.alcohol.effect:
            yield Breach("alcohol", "alcohol", True, False, self.alcohol.effect)
        if not request.open_to_all and self.closed_to_others.effect:
            yield Breach("not-open-to-all", "open_to_all", False, True, self.closed_to_others.effect)
