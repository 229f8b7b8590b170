"""Labels: in few words, what stood in the way of a wish."""

from collections.abc import Mapping

from kernel.texts import marked as _
from web.texts import gettext

OTHER = _("Annet")
REASONS: Mapping[str, str] = {
    "none-found": _("Ingen ledige rom passer"),
    "time-taken": _("Tiden er opptatt"),
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
    "policy:agreement-unknown": _("Avtalen gjelder ikke bookingen"),
    "policy:agreement-other-room": _("Avtalen gjelder andre rom"),
    "policy:agreement-other-dates": _("Avtalen gjelder andre datoer"),
    "policy:agreement-hours-used": _("Timene i avtalen er brukt opp"),
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
}


def reason_label(code: str) -> str:
    """The words for a refusal's code; all codes without words of their own count as one reason."""
    return gettext(REASONS.get(code, OTHER))
