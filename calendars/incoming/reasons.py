"""Why something in a foreign calendar is left out or read otherwise: the sentence for each code."""

from collections.abc import Mapping

from kernel.texts import marked as _

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
# Of what was read, why it occupies no room.
TAKES_NOTHING: Mapping[str, str] = {
    "takes-no-time": _("Hendelsen er merket som ledig tid (TRANSP)."),
    "no-length": _("Hendelsen varer ikke."),
    "too-long": _("Hendelsen varer lenger enn en måned."),
}
REMARKED: Mapping[str, str] = {
    "bad-exception": _("Et unntak (EXDATE) kan ikke leses. Hendelsen er lest uten det."),
    "bad-addition": _("En ekstra dato (RDATE) kan ikke leses. Hendelsen er lest uten den."),
    "missing-hour": _("Starten finnes ikke: klokka stilles fram den natta. Den er lest som en time senere."),
    "unknown-zone": _("Tidssonen er ukjent. Tidene er lest i rommets egen."),
}
