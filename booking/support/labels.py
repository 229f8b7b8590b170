"""Labels: in few words, what stood in the way of a wish."""

from collections.abc import Iterable, Mapping

from booking.support.duties import Kept
from booking.support.models import Duty, DutyKind
from kernel.texts import marked as _
from policies.entitled import written
from policies.request import FixedTime
from web.texts import gettext, ngettext
from web.written import filled

OTHER = _("Annet")
REASONS: Mapping[str, str] = {
    "none-found": _("Ingen ledige rom passer"),
    "time-taken": _("Tiden er opptatt"),
    "kept-for-line": _("Tiden holdes for dem som står i kø"),
    "too-few-free": _("For få ledige av noe løst"),
    "too-few-there": _("For få av noe løst"),
    "not-in-this-room": _("Utstyret kan ikke brukes i rommet"),
    "taken-out-of-use": _("Utstyret er tatt ut av bruk"),
    "no-such-resource": _("Utstyret finnes ikke"),
    "meets-own-date": _("Går inn i en annen dato i samme serie"),
    "policy:applicant-not-allowed": _("Rommet er ikke for slike søkere"),
    "policy:not-registered": _("Ikke i Frivillighetsregisteret"),
    "policy:is-registered": _("Bare for søkere utenfor Frivillighetsregisteret"),
    "policy:registered-unknown": _("Ukjent om søkeren står i Frivillighetsregisteret"),
    "policy:not-local": _("Hører ikke til i kommunen"),
    "policy:is-local": _("Bare for søkere utenfra kommunen"),
    "policy:local-unknown": _("Ukjent om søkeren hører til i kommunen"),
    "policy:status-missing": _("Mangler status"),
    "policy:role-missing": _("Mangler rolle"),
    "policy:age-unknown": _("Alderen er ikke oppgitt"),
    "policy:too-young": _("For ung"),
    "policy:too-old": _("For gammel"),
    "policy:use-not-counted": _("Brukte timer kan ikke telles"),
    "policy:quota-used": _("Kvoten er brukt opp"),
    "policy:dates-used": _("Kvoten er brukt opp"),
    "policy:agreement-unknown": _("Avtalen gjelder ikke bookingen"),
    "policy:agreement-other-room": _("Avtalen gjelder andre rom"),
    "policy:agreement-other-dates": _("Avtalen gjelder andre datoer"),
    "policy:agreement-other-times": _("Avtalen gjelder andre tider"),
    "policy:agreement-hours-used": _("Timene i avtalen er brukt opp"),
    "policy:agreement-week-used": _("Ukas timer i avtalen er brukt opp"),
    "policy:answer-too-late": _("Svaret kommer for sent"),
    "policy:opening-unknown": _("Åpningstidene er ikke kjent"),
    "policy:outside-opening-hours": _("Utenfor åpningstiden"),
    "policy:before-opening": _("Før åpningstid"),
    "policy:after-closing": _("Etter stengetid"),
    "policy:too-early": _("For tidlig på dagen"),
    "policy:too-late": _("For sent på dagen"),
    "policy:by-agreement": _("Bare åpent etter avtale"),
    "policy:closed": _("Stengt"),
    "policy:public-holiday": _("Helligdag"),
    "policy:school-break": _("Skolen har fri"),
    "policy:price-class-missing": _("Prisklasse mangler"),
    "policy:price-missing": _("Pris mangler"),
    "policy:in-the-past": _("Tiden er passert"),
    "policy:too-short-notice": _("For kort tid til"),
    "policy:too-far-ahead": _("For langt fram i tid"),
    "policy:too-short": _("For kort booking"),
    "policy:too-long": _("For lang booking"),
    "policy:off-grid": _("Passer ikke med tidene rommet leies ut i"),
    "policy:capacity-unknown": _("Ukjent hvor mange rommet er godkjent for"),
    "policy:heads-unknown": _("Antall deltakere er ikke oppgitt"),
    "policy:over-capacity": _("Rommet er for lite"),
    "policy:too-few": _("For få deltakere"),
    "policy:activity-not-allowed": _("Rommet er ikke til slik bruk"),
    "policy:activity-forbidden": _("Rommet er ikke til slik bruk"),
    "policy:commercial-use": _("Kommersiell bruk"),
    "policy:alcohol": _("Alkohol"),
    "policy:not-open-to-all": _("Ikke åpent for alle"),
    "policy:room-not-approved": _("Rommet er ikke godkjent for det"),
    "policy:status-barred": _("Har en status som stenger ute"),
    "policy:figure-unknown": _("Et tall om søkeren mangler"),
    "policy:figure-too-low": _("Et tall om søkeren er for lavt"),
    "policy:figure-too-high": _("Et tall om søkeren er for høyt"),
    "policy:figures-unknown": _("Tall om søkeren mangler"),
    "policy:joint-application": _("Søkes samlet av hovedlaget"),
    "policy:ages-too-coarse": _("Aldersgruppene er for grove"),
    "policy:ages-unknown": _("Deltakernes alder er ikke oppgitt"),
    "policy:too-few-of-age": _("For få i riktig alder"),
    "policy:too-many-of-age": _("For mange i en alder"),
    "policy:too-small-share": _("For liten andel i riktig alder"),
    "policy:too-large-share": _("For stor andel i en alder"),
    "policy:hours-of-other-ages": _("Tiden er for andre aldre"),
    "policy:outside-hours-of-age": _("Utenfor aldersgruppens tider"),
    "policy:outside-season": _("Utenfor sesongen"),
    "policy:before-application-window": _("Før søknadstiden"),
    "policy:after-deadline": _("Etter søknadsfristen"),
    "policy:in-application-window": _("Tidene fordeles nå"),
    "policy:drop-in-no-series": _("Ledige timer kan ikke bookes fast"),
    "policy:not-released-yet": _("Tiden er ikke sluppet ennå"),
    "policy:attendant-needed": _("Vakt må finnes først"),
    "policy:too-many-at-once": _("For mange rom samtidig"),
    "policy:too-many-ahead": _("For mange bookinger framover"),
    "policy:too-few-bad-hours": _("For få upopulære tider"),
    "policy:too-many-no-shows": _("Ingen kom for mange ganger"),
}


def reason_label(code: str) -> str:
    """The words for a refusal's code; all codes without words of their own count as one reason."""
    return gettext(REASONS.get(code, OTHER))


DUTIES: Mapping[DutyKind, str] = {
    DutyKind.OPEN: _("Åpen aktivitet"),
    DutyKind.EVENT: _("Arrangement"),
    DutyKind.DUGNAD: _("Dugnad"),
    DutyKind.REPORT: _("Rapport"),
    DutyKind.OTHER: _("Annet"),
}


def duty_label(duty: Duty | Kept) -> str:
    """``Åpen aktivitet, 4 ganger``."""
    kind = gettext(DUTIES[duty.kind])
    if duty.kind is DutyKind.DUGNAD:
        return ngettext("%(kind)s, %(num)d time", "%(kind)s, %(num)d timer", duty.amount, kind=kind)
    return ngettext("%(kind)s, %(num)d gang", "%(kind)s, %(num)d ganger", duty.amount, kind=kind)


def times_text(times: Iterable[Mapping[str, int]]) -> str:
    """``tirsdag 18:00–20:00``, as an agreement keeps them; nothing where none are fixed."""
    return ", ".join(filled("{time:weekly}", {"time": written(FixedTime(**one))}) for one in times)
