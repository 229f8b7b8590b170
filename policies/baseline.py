"""The baseline: what holds where no document says otherwise, so that an unwritten policy is a careful one."""

from policies.office import Unit
from policies.rules.base import Span
from policies.rules.counts import AgreementHours
from policies.rules.handling import DecisionRoute, Route
from policies.rules.opening import Opening
from policies.rules.timing import LeadTime
from policies.rules.use import Capacity
from policies.verdict import Reason

BASELINE = (
    Opening(
        id="baseline-opening",
        reason=Reason(
            "Rommet kan bare brukes i åpningstiden.",
            "Rommet kan berre brukast i opningstida.",
            "The room can only be used during its opening hours.",
        ),
    ),
    LeadTime(
        id="baseline-lead-time",
        notice=Span(amount=0, unit=Unit.HOURS),
        reason=Reason("Tiden har vært.", "Tida har vore.", "The time has passed."),
    ),
    Capacity(
        id="baseline-capacity",
        reason=Reason(
            "Rommet har ikke plass til flere enn det er godkjent for.",
            "Rommet har ikkje plass til fleire enn det er godkjent for.",
            "The room does not hold more people than it is approved for.",
        ),
    ),
    AgreementHours(
        id="baseline-agreement",
        reason=Reason(
            "Avtalen gjelder for bestemte rom, datoer og timer.",
            "Avtalen gjeld for bestemte rom, datoar og timar.",
            "The agreement covers certain rooms, dates and hours.",
        ),
    ),
    DecisionRoute(
        id="baseline-route",
        route=Route.BY_ROLE,
        reason=Reason(
            "En saksbehandler avgjør forespørselen.", "Ein saksbehandlar avgjer førespurnaden.", "An officer decides on the request."
        ),
    ),
)
