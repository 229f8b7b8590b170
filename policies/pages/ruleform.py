"""The form of one rule: made by hand for the kinds used daily, drawn from the class for what no such form knows."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import render_template

from accounts.identity import ApplicantClass, Role
from kernel.errors import Fault, Invalid
from policies import labels
from policies.document import Document
from policies.drafting import rule_of, shown
from policies.drawing import BLANK, Around, Choices, drawn, input_labels, left_out
from policies.kinds import FRAME, kind_named
from policies.occasion import DayClass
from policies.office import Unit
from policies.paragraphs import Paragraph, named_by
from policies.rules.base import Comparator, Consequence, Rule, Scope
from policies.rules.counts import Period, Subject
from policies.rules.handling import Route
from policies.rules.tariff import LIST, PriceUnit
from policies.taxonomy import Activity
from policies.told import names_of
from policies.verdict import Effect, Layer, Source
from policies.words import sentences
from venues.labels import kind_label
from venues.vocabulary import KIND_LABELS
from web.forms import Form
from web.texts import gettext as _

# Limits that say nothing in the document of a single room.
OF_ROOMS = ("room_kinds", "tags")
ENUMERATIONS: Mapping[str, Any] = {
    "applicants": ApplicantClass,
    "activities": Activity,
    "day_classes": DayClass,
    "effects": Effect,
    "consequences": Consequence,
    "comparators": Comparator,
    "units": Unit,
    "price_units": PriceUnit,
    "periods": Period,
    "subjects": Subject,
    "routes": Route,
    "roles": Role,
}


@dataclass(frozen=True, slots=True)
class Written:
    """What a form holds: the values of a rule, the id by which the draft knows it (empty for a new one), faults, empty rows."""

    kind: str
    data: Mapping[str, Any]
    rule: str = ""
    faults: tuple[Fault, ...] = ()
    blank: int = BLANK


def page(context: dict[str, Any], written: Written) -> str:
    """The page of the form; ``context`` is that of the pages of a draft."""
    document: Document = context["document"]
    kind, data, scope = kind_named(written.kind), written.data, _fields(written.data.get("scope"))
    offers = _offers(document)
    words = {"room_kinds": offers["room_kinds"], "price_class": offers["price_classes"]}
    around = Around(words, written.blank, OF_ROOMS if document.layer is Layer.ROOM else ())
    inputs = drawn(kind, data, around, but=Rule.model_fields)
    handling = drawn(Rule, data, around, but={*FRAME, *(("waiver",) if kind.is_safety else ())})
    limits = drawn(Scope, scope, around.within("scope", is_optional=True, blank=written.blank - 1))
    frame = drawn(Rule, data, around, but=Rule.model_fields.keys() - (FRAME - {"kind", "scope"}))
    return render_template(
        "policies/rule_form.html",
        form=Form(shown(data), written.faults),
        kind=written.kind,
        rule=written.rule,
        blank=written.blank,
        offers=offers,
        inputs=inputs,
        handling=handling,
        limits=limits,
        labels=dict(input_labels((*inputs, *handling, *limits, *frame))),
        left_out=left_out,
        said=said_by(data, context["price_names"]),
        limited=any(scope.values()),
        quoted=quoted(document, _fields(data.get("source"))),
        **context,
    )


def _offers(document: Document) -> dict[str, Choices]:
    """What the fields of the form let one choose from."""
    price_names = names_of([document])
    classes = dict.fromkeys([LIST, *document.price_classes])
    return {
        **{name: labels.choices(members) for name, members in ENUMERATIONS.items()},
        "weekdays": [(str(day), labels.weekday(day)) for day in range(1, 8)],
        "room_kinds": [(word, kind_label(word)) for word in KIND_LABELS],
        "price_classes": [(slug, labels.price_class(slug, price_names)) for slug in classes],
        "yes_no": [("yes", _("Ja")), ("no", _("Nei"))],
    }


def said_by(data: Mapping[str, Any], price_names: Mapping[str, str]) -> tuple[str, ...]:
    """What the values of the form say as a rule, nothing as long as they are none."""
    try:
        return sentences(rule_of(data), price_names)
    except Invalid:
        return ()


def quoted(document: Document, source: Mapping[str, Any]) -> tuple[Paragraph, ...]:
    """The paragraphs of the adopted text that the rule says it comes from."""
    paragraph, address = (str(source.get(name) or "") for name in ("paragraph", "address"))
    return named_by(Source(paragraph, address), document.regulation)


def _fields(value: Any) -> Mapping[str, Any]:
    """A group of fields as a form gives it, nothing where it gives something else."""
    return value if isinstance(value, Mapping) else {}
