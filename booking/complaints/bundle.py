"""Bundle: a case as one file - a page to read without a network, all of it as data, and what an archive asks for."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from tempfile import SpooledTemporaryFile
from typing import IO, Any
from xml.etree import ElementTree
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from flask import render_template

from booking.complaints.gathered import Gathered
from booking.complaints.labels import step_label
from booking.complaints.models import StepKind
from booking.outcome import objection_fault
from kernel.wallclock import to_wall
from policies.document import checked
from policies.told import told_document
from policies.verdict import Outcome, Verdict
from web.formats import HOME_ZONE
from web.texts import current_locale, gettext
from web.wording import sentence

IN_MEMORY = 4 * 1024 * 1024
NAMESPACE = "urn:arena:case-metadata:1"


def bundled(case: Mapping[str, Any], whole: Gathered) -> IO[bytes]:
    """The bundle of a case, whole or redacted, as a zip that is read from its beginning; on disk where it is large.

    Names of its files are ours: nothing that anybody wrote comes to stand in a path.
    """
    made = datetime.fromisoformat(case["made_at"])
    # Closed by who reads it.
    file: IO[bytes] = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115
    with ZipFile(file, "w", ZIP_DEFLATED) as bundle:
        for name, text in files_of(case, whole).items():
            bundle.writestr(ZipInfo(name, made.timetuple()[:6]), text.encode(), ZIP_DEFLATED)
    file.seek(0)
    return file


def files_of(case: Mapping[str, Any], whole: Gathered) -> dict[str, str]:
    """The text of each file by its name."""
    rules = [(one, checked(one["document"])) for one in case["rules"]]
    told = [(one, document, told_document(document, whole.day)) for one, document in rules]
    page = {"case": case, "rules": told, "names": _names(case), "judged": _judged(case), "language_code": current_locale().language}
    return {
        "index.html": render_template("bundle/index.html", **page),
        "case.json": json.dumps(case, ensure_ascii=False, indent=2),
        "metadata.xml": metadata(case),
        **{f"rules/{one['version']}.json": json.dumps(one, ensure_ascii=False, indent=2) for one, _document in rules},
    }


def metadata(case: Mapping[str, Any]) -> str:
    """What an archive needs to know of the case, in the words of Noark 5 (``docs/complaints.md`` names the elements)."""
    names, complaint = _names(case), case.get("complaint", {})
    file = ElementTree.Element("saksmappe", xmlns=NAMESPACE)
    wish, decision = case.get("wish", {}), case.get("decision", {})
    party = decision.get("organisation") or decision.get("person") or wish.get("organisation") or wish.get("holder")
    _add(file, mappeID=case["reference"], tittel=_title(case), arkivskaper=case["municipality"]["municipality"])
    _add(file, opprettetDato=complaint.get("created_at") or wish.get("at"), avsluttetDato=complaint.get("closed_at"))
    _add(file, saksstatus=complaint.get("state") or case.get("booking", {}).get("state"), uttrekksdato=case["made_at"])
    _add(file, tilgangsrestriksjon=gettext("Sladdet") if case.get("redacted") else gettext("Inneholder personopplysninger"))
    _add(
        ElementTree.SubElement(file, "part"),
        partNavn=_who(names, "organisation" if decision.get("organisation") or wish.get("organisation") else "person", party),
        partRolle="klager" if complaint else "søker",
    )
    for step in complaint.get("steps", ()):
        _add(_entry(file, _post_type(step), step["at"]), tittel=step_label(step["kind"]), avsender=_who(names, "person", step["by"]))
    for one in case.get("messages", ()):
        _add(
            _entry(file, "U" if one["from_staff"] else "I", one["at"]), tittel=gettext("Melding"), avsender=_who(names, "person", one["by"])
        )
    for one in case.get("judgements", ()):
        _add(_entry(file, "X", one["at"]), tittel=gettext("Vurdering etter reglene"), versjoner=" ".join(map(str, one["versions"])))
    ElementTree.indent(file)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(file, encoding="unicode")


def _title(case: Mapping[str, Any]) -> str:
    decision = case.get("decision")
    if decision:
        return gettext(
            "Klage på vedtak: %(kind)s, %(day)s",
            kind=decision["kind"],
            day=to_wall(datetime.fromisoformat(decision["at"]), HOME_ZONE).date(),
        )
    return gettext("Booking %(reference)s", reference=case["reference"])


def _post_type(step: Mapping[str, Any]) -> str:
    """In, out or within the office: the complaint came in, whoever entered it."""
    if step["kind"] in (StepKind.NOTED, StepKind.OVERDUE):
        return "X"
    return "U" if step["from_staff"] and step["kind"] != StepKind.RECEIVED else "I"


def _entry(file: ElementTree.Element, kind: str, at: str) -> ElementTree.Element:
    entry = ElementTree.SubElement(file, "registrering")
    _add(entry, journalposttype=kind, opprettetDato=at)
    return entry


def _add(parent: ElementTree.Element, **values: Any) -> None:
    for name, value in values.items():
        if value is not None:
            ElementTree.SubElement(parent, name).text = str(value)


def _names(case: Mapping[str, Any]) -> dict[str, dict[Any, str]]:
    """What ids are called; in a redacted case none are left."""
    return {
        "person": {one["id"]: one["name"] for one in case.get("people", ())},
        "organisation": {one["id"]: one["name"] for one in case.get("organisations", ())},
    }


def _who(names: Mapping[str, Mapping[Any, str]], kind: str, value: Any) -> str:
    return str(names[kind].get(value, value) if value is not None else gettext("Tjenesten"))


def _judged(case: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Of each date of each judgement: what the verdict was, and each objection with its paragraph; of a redacted case the rule's reason
    alone, since a sentence may tell what somebody wrote."""
    found = []
    for act in case.get("judgements", ()):
        for one in act["dates"]:
            start = one["request"]["wall"]["start"]
            verdict = None if case.get("redacted") else Verdict.from_json(one["verdict"])
            objections = (*verdict.objections, *verdict.warnings) if verdict else ()
            said = [
                (sentence(objection_fault(objection, start[:16])), objection.source.paragraph, objection.rule) for objection in objections
            ]
            if verdict is None:
                against = [*one["verdict"].get("objections", ()), *one["verdict"].get("warnings", ())]
                said = [(_reason(row), row.get("source", {}).get("paragraph", ""), row["rule"]) for row in against]
            day = date.fromisoformat(start[:10])
            found.append(
                {
                    "act": act["act"],
                    "at": act["at"],
                    "day": day,
                    "outcome": Outcome(one["verdict"]["outcome"]),
                    "said": said,
                    "verdict": one["verdict"],
                }
            )
    return found


def _reason(row: Mapping[str, Any]) -> str:
    reason = row.get("reason", {})
    return str(reason.get("nb", "")) if isinstance(reason, Mapping) else ""
