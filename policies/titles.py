"""Titles: what the fields of rules are called on screen - as their class says, else as it stands here, else by their name."""

from collections.abc import Mapping
from typing import Any

from kernel.texts import marked as _
from policies.labels import readable
from policies.shapes import Shape
from web.texts import gettext

# By the field alone, or by a class that cannot say it itself and the field.
TITLES: Mapping[str, str] = {
    "Reason.nb": _("Bokmål"),
    "Reason.nn": _("Nynorsk"),
    "Reason.en": _("Engelsk"),
    "Source.paragraph": _("Paragraf"),
    "Source.address": _("Nettadresse"),
    "amount": _("Antall"),
    "between": _("Klokkeslett"),
    "comparator": _("Grense"),
    "dates": _("Datoer"),
    "day_classes": _("Slags dager"),
    "effect": _("Når dette ikke er oppfylt, bookingen"),
    "end": _("Til klokka"),
    "first": _("Fra"),
    "last": _("til og med"),
    "periods": _("Perioder"),
    "ore": _("Kroner"),
    "price_class": _("Prisklasse"),
    "season": _("Hvert år"),
    "start": _("Fra klokka"),
    "unit": _("Enhet"),
    "weekdays": _("Dager"),
    "years": _("år"),
}


def title(model: type[Any], shape: Shape) -> str:
    """What a field of a class is called, in the language of the request."""
    known = shape.title or TITLES.get(f"{model.__name__}.{shape.name}") or TITLES.get(shape.name, "")
    return gettext(known) if known else readable(shape.name)
