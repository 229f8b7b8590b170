"""The forms of single rules in a draft: added, changed, removed."""

import json
from collections.abc import Mapping
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts import edge
from accounts.labels import CLASSES, ROLES
from kernel.errors import Conflict, Fault, Invalid, refuse
from policies import labels
from policies.document import Document
from policies.drafting import at_inputs, given, new_id, rule_named, rule_of, shown, with_rule, without_rule
from policies.pages.blueprint import routes
from policies.pages.drafts import again, document_in, of_draft, seen_version
from policies.pages.shelves import shelf_at
from policies.rules import KINDS
from policies.rules.tariff import LIST
from policies.told import names_of
from policies.verbs import save_draft
from policies.words import sentences
from venues.labels import kind_label
from venues.vocabulary import KIND_LABELS
from web.forms import Form
from web.pages import done
from web.texts import gettext as _

BLANK, MORE = 2, 6
MOST_BLANK = 60
KNOWN = {kind.model_fields["kind"].default: kind for kind in KINDS}
# What a row of a price list and an assignment show; the rest of their limits travels along unseen.
SHOWN_LIMITS = {"price_class", "unit", "ore", "weekdays", "between", "room_kinds", "applicants", "statuses", "commercial", "day_classes"}
DAYS = ([1, 2, 3, 4, 5], [6, 7], *([day] for day in range(1, 8)))


@routes.get("/policies/<policy_place:place>/draft/rules/new")
def new_rule(place: str) -> str:
    """The form of a new rule of a kind."""
    kind = _known(request.args.get("kind", ""))
    context = of_draft(place)
    data = {"id": new_id(context["document"], kind), "source": {"address": _address(context)}}
    return _page(context, kind, data, blank=BLANK)


@routes.post("/policies/<policy_place:place>/draft/rules/new")
def add_rule(place: str) -> ResponseReturnValue:
    """Add the rule to the draft."""
    return _saved(place, "", _("Regelen er lagt til i utkastet."))


@routes.get("/policies/<policy_place:place>/draft/rules/<rule>")
def rule_form(place: str, rule: str) -> str:
    """The form of a rule as it stands in the draft."""
    context = of_draft(place)
    found = rule_named(context["document"], rule)
    return _page(context, found.kind, found.model_dump(mode="json", exclude_none=True), rule=rule, blank=BLANK)


@routes.post("/policies/<policy_place:place>/draft/rules/<rule>")
def change_rule(place: str, rule: str) -> ResponseReturnValue:
    """Put the rule of the form in the place of the one in the draft."""
    return _saved(place, rule, _("Regelen er endret i utkastet."))


@routes.post("/policies/<policy_place:place>/draft/rules/<rule>/removal")
def remove_rule(place: str, rule: str) -> ResponseReturnValue:
    """Take the rule out of the draft."""
    shelf = shelf_at(place)
    edge.transact(save_draft, shelf.place, without_rule(document_in(shelf), rule), version=seen_version())
    return done(_("Regelen er fjernet fra utkastet."), url_for("policies.draft_page", place=place))


def _saved(place: str, rule: str, message: str) -> ResponseReturnValue:
    """Keep the form's rule in the draft, or show the form again: with more rows when they are asked for, or with its faults."""
    data, kind = given(request.form), _known(request.form.get("kind", ""))
    blank = min(request.form.get("blank", BLANK, type=int), MOST_BLANK)
    if "more" in request.form:
        return _page(of_draft(place), kind, data, rule=rule, blank=blank + MORE)
    shelf = shelf_at(place)
    try:
        document = with_rule(document_in(shelf), rule_of(data), instead_of=rule)
        edge.transact(save_draft, shelf.place, document, version=seen_version())
    except (Invalid, Conflict) as refusal:
        return again(_page(of_draft(place), kind, data, rule=rule, blank=blank, faults=tuple(at_inputs(refusal))), refusal)
    return done(message, url_for("policies.draft_page", place=place))


def _page(
    context: dict[str, Any], kind: str, data: Mapping[str, Any], *, blank: int, rule: str = "", faults: tuple[Fault, ...] = ()
) -> str:
    """The form of one kind; ``rule`` is the id under which the draft knows it, empty for a new one."""
    document = context["document"]
    return render_template(
        "policies/rule_form.html",
        form=Form(shown({**_defaults(kind), **data}), faults),
        data=data,
        kind=kind,
        rule=rule,
        blank=blank,
        offers=_offers(document, data),
        rest=_rest,
        said=_said(data, context["price_names"]),
        limited=any((data.get("scope") or {}).values()),
        **context,
    )


def _said(data: Mapping[str, Any], price_names: Mapping[str, str]) -> tuple[str, ...]:
    """What the values of the form say as a rule, nothing as long as they are none."""
    try:
        return sentences(rule_of(data), price_names)
    except Invalid:
        return ()


def _offers(document: Document, data: Mapping[str, Any]) -> dict[str, list[tuple[str, str]]]:
    """What the fields of the form let one choose from."""
    price_names = names_of([document])
    classes = dict.fromkeys([LIST, *document.price_classes])
    return {
        "applicants": labels.choices(CLASSES),
        "activities": labels.choices(labels.ACTIVITIES),
        "weekdays": [(str(day), labels.weekday(day)) for day in range(1, 8)],
        "day_sets": [(",".join(map(str, days)), labels.weekdays(days)) for days in DAYS],
        "day_classes": labels.choices(labels.DAY_CLASSES),
        "room_kinds": [(word, kind_label(word)) for word in KIND_LABELS],
        "effects": labels.choices(labels.EFFECTS),
        "consequences": labels.choices(labels.CONSEQUENCES),
        "comparators": labels.choices(labels.COMPARATORS),
        "units": labels.choices(labels.UNITS),
        "price_units": labels.choices(labels.PRICE_UNITS),
        "periods": labels.choices(labels.PERIODS),
        "subjects": labels.choices(labels.SUBJECTS),
        "routes": labels.choices(labels.ROUTES),
        "roles": labels.choices(ROLES),
        "price_classes": [(slug, labels.price_class(slug, price_names)) for slug in classes],
        "yes_no": [("yes", _("Ja")), ("no", _("Nei"))],
    }


def _defaults(kind: str) -> dict[str, Any]:
    """What the kind says by itself: the choices that a new form begins with."""
    fields = KNOWN[kind].model_fields.items()
    return {name: field.default for name, field in fields if isinstance(field.default, str) and field.default}


def _rest(item: Mapping[str, Any]) -> str:
    """What a row limits beside what is shown, to be sent along."""
    unseen = {name: value for name, value in item.items() if name not in SHOWN_LIMITS and value not in (None, [], {})}
    return json.dumps(unseen) if unseen else ""


def _address(context: Mapping[str, Any]) -> str:
    """The address of the regulation, which most rules come from."""
    regulation = context["document"].regulation
    return regulation.address if regulation else ""


def _known(kind: str) -> str:
    if kind not in KNOWN:
        raise refuse(Invalid, "not-a-choice", "kind", kind, choices=sorted(KNOWN))
    return kind
