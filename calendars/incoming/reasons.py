"""Why a foreign calendar is refused, or something in it is left out or read otherwise: the sentence for each code."""

from collections.abc import Mapping

from kernel.texts import marked as _

REFUSED: Mapping[str, str] = {
    "empty": _("Filen er tom."),
    "too-large": _("Filen er for stor. Den kan ha høyst 10 MB og én million linjer."),
    "compressed": _("Filen er pakket (zip eller gzip). Pakk den ut, og last opp kalenderfilen som er i den."),
    "web-page": _("Adressen ga en nettside, ikke en kalender. Ofte er det en innloggingsside: hent kalenderens egen adresse til deling."),
    "not-a-calendar": _("Dette er ikke en kalender: det finnes ingen linje BEGIN:VCALENDAR."),
    "truncated": _("Kalenderen slutter før den er ferdig: linjen END:VCALENDAR mangler. Hent den på nytt."),
    "nested": _("Kalenderen er satt sammen på en måte som ikke kan leses: for mange ledd ligger i hverandre."),
    "too-many-events": _("Kalenderen har mer enn 20 000 hendelser. Be om en som gjelder færre rom eller kortere tid."),
    "too-much-work": _("Kalenderen har for mange gjentakelser. Be om en som gjelder færre rom eller kortere tid."),
}
SKIPPED: Mapping[str, str] = {
    "unclosed": _("Hendelsen slutter ikke: linjen END:VEVENT mangler."),
    "no-start": _("Hendelsen har ingen start (DTSTART)."),
    "bad-start": _("Starten (DTSTART) kan ikke leses."),
    "bad-end": _("Slutten (DTEND) kan ikke leses."),
    "bad-duration": _("Varigheten (DURATION) kan ikke leses."),
    "end-before-start": _("Hendelsen slutter før den begynner."),
    "bad-rule": _("Gjentakelsen (RRULE) kan ikke leses."),
    "too-frequent": _("Hendelsen gjentas flere ganger i timen eller hver time. Slikt leses ikke."),
    "too-many-occurrences": _("Hendelsen gjentas mer enn 5 000 ganger i tiden som leses."),
    "too-much-work": _("Gjentakelsen er for lang eller for innviklet til å bli lest."),
    "bad-instance": _("Hvilken gang endringen gjelder (RECURRENCE-ID) kan ikke leses."),
    "superseded": _("En nyere utgave av samme hendelse står i filen og gjelder."),
    "out-of-range": _("Hendelsen ligger i et år som ikke kan regnes med."),
}
REMARKED: Mapping[str, str] = {
    "bad-exception": _("Et unntak (EXDATE) kan ikke leses. Hendelsen er lest uten det."),
    "bad-addition": _("En ekstra dato (RDATE) kan ikke leses. Hendelsen er lest uten den."),
    "unknown-zone": _("Tidssonen er ukjent. Tidene er lest i rommets egen."),
}
