"""The forms of single rules in a draft: added, changed, removed."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts import edge
from policies.drafting import NEW_CLASS, at_inputs, given, new_id, rule_named, rule_of, with_class, with_rule, without_rule
from policies.drawing import BLANK, defaults
from policies.entered import entered
from policies.kinds import FRAME, kind_named
from policies.pages.blueprint import routes
from policies.pages.drafts import again, document_in, of_draft, seen_version
from policies.pages.ruleform import Written, page, quoted, said_by
from policies.pages.shelves import shelf_at
from policies.verbs import save_draft
from web.pages import FORM_REFUSALS, done
from web.texts import gettext as _

MORE, MOST_BLANK = 6, 60
ALONE = "alone"


@routes.get("/policies/<policy_place:place>/draft/rules/new")
def new_rule(place: str) -> str:
    """The form of a new rule of a kind, or the kinds to choose from; ``paragraph`` is the one that the rule shall encode."""
    context, word = of_draft(place), request.args.get("kind", "")
    source = {"paragraph": request.args.get("paragraph", ""), "address": _address(context)}
    if not word:
        return render_template(
            "policies/new_rule.html", paragraph=source["paragraph"], quoted=quoted(context["document"], source), **context
        )
    kind = kind_named(word)
    data = {**entered(kind, defaults(kind, FRAME)), "id": new_id(context["document"], word), "source": source}
    return page(context, Written(word, data))


@routes.post("/policies/<policy_place:place>/draft/rules/new")
def add_rule(place: str) -> ResponseReturnValue:
    """Add the rule to the draft."""
    return _saved(place, "", _("Regelen er lagt til i utkastet."))


@routes.get("/policies/<policy_place:place>/draft/rules/<rule>")
def rule_form(place: str, rule: str) -> str:
    """The form of a rule as it stands in the draft."""
    context = of_draft(place)
    found = rule_named(context["document"], rule)
    return page(context, Written(found.kind, entered(type(found), found.model_dump(mode="json", exclude_none=True)), rule))


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
    """Keep the form's rule in the draft, or show the form again: with more of what was asked for, or with its faults."""
    blank = min(request.form.get("blank", BLANK, type=int), MOST_BLANK)
    written = Written(request.form.get("kind", ""), given(request.form), rule, blank=blank)
    kind_named(written.kind)
    if "more" in request.form:
        return page(of_draft(place), replace(written, blank=blank + MORE))
    if "words" in request.form:
        return _in_words(place, written)
    try:
        _keep(place, written)
    except FORM_REFUSALS as refusal:
        return again(page(of_draft(place), replace(written, faults=tuple(at_inputs(refusal)))), refusal)
    if "name_class" in request.form:
        return page(of_draft(place), replace(written, data=_but_class(written)))
    return done(message, url_for("policies.draft_page", place=place))


def _keep(place: str, written: Written) -> None:
    """Keep in the draft what the form asks for: a new price class, and the rule unless the class alone was named."""
    shelf = shelf_at(place)
    document, named = document_in(shelf), written.data.get(NEW_CLASS)
    if named or "name_class" in request.form:
        document = with_class(document, named if isinstance(named, Mapping) else {})
    if "name_class" not in request.form:
        document = with_rule(document, rule_of(_but_class(written)), instead_of=written.rule)
    edge.transact(save_draft, shelf.place, document, version=seen_version())


def _but_class(written: Written) -> Mapping[str, Any]:
    return {name: value for name, value in written.data.items() if name != NEW_CLASS}


def _in_words(place: str, written: Written) -> str:
    """What the form says as a rule: on its page, or alone for a page that is open."""
    context = of_draft(place)
    if request.form["words"] != ALONE:
        return page(context, written)
    return render_template("policies/_said.html", said=said_by(_but_class(written), context["price_names"]))


def _address(context: Mapping[str, Any]) -> str:
    """The address of the regulation, which most rules come from."""
    regulation = context["document"].regulation
    return regulation.address if regulation else ""
