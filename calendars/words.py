"""Words of the feeds in three languages; a table and not gettext, because a feed's text depends on nothing but its rows."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """What a feed says in one language; braces are filled by ``str.format``."""

    tentative: str
    cancelled: str
    closed: str
    hours: str
    shut: str
    by_agreement: str
    busy: str
    private: str
    blocked: str
    open_to_all: str
    alcohol: str
    first_in: str
    last_out: str
    set_up: str
    clean_up: str
    bring: str
    needs: str
    contact: str
    participants: str
    message: str
    reference: str
    agreement: str
    waits: str
    missing: str
    may_enter: str
    entrance: str
    getting_in: str
    from_when: str
    on_site: str
    answers: str
    municipality: str
    bookings: str
    round: str
    mine: str
    whats_on: str
    whats_on_about: str
    ages: str
    arranged: str
    free: str
    paid: str
    join: str
    work: str
    tasks: str
    unlock: str
    prepare: str
    change_over: str
    lock: str
    keep_locked: str
    clear: str
    clear_in: str
    on_duty: str
    last_to_leave: str


NB = Words(
    tentative="FORELØPIG",
    cancelled="AVLYST",
    closed="STENGT",
    hours="ÅPNINGSTID",
    shut="stengt",
    by_agreement="{times} etter avtale",
    busy="Opptatt",
    private="Privat",
    blocked="Sperret",
    open_to_all="Åpent for alle",
    alcohol="Alkohol: ja",
    first_in="FØRST INN: åpne til kl. {clock}",
    last_out="SIST UT: lås etter kl. {clock}",
    set_up="Klargjøring fra kl. {clock}",
    clean_up="Ryddet kl. {clock}",
    bring="Ta fram: {what}",
    needs="Behov: {needs}",
    contact="Kontakt: {contact}",
    participants="Deltakere: {count}",
    message="Melding: {text}",
    reference="Referanse: {reference}",
    agreement="Avtale: {title}",
    waits="Venter på svar",
    missing="SLIPPES IKKE INN ENNÅ, mangler: {what}",
    may_enter="Kan slippes inn",
    entrance="Inngang: {text}",
    getting_in="Slik kommer dere inn: {text}",
    from_when="Dere kommer inn fra kl. {clock}",
    on_site="På stedet: {role}",
    answers="Telefon som svarer: {phone} ({role})",
    municipality="Kommunen",
    bookings="Bookinger og stengninger",
    round="Vaktmester",
    mine="Mine bookinger",
    whats_on="Det skjer",
    whats_on_about="Det som er åpent for alle",
    ages="Alder: {ages}",
    arranged="Arrangør: {name}",
    free="Gratis",
    paid="Koster noe",
    join="Slik blir du med: {text}",
    work="Arbeid",
    tasks="Låse opp, klargjøre, skifte og låse",
    unlock="Lås opp: {where}",
    prepare="Klargjør: {where}",
    change_over="Skift: {where}",
    lock="Lås: {where}",
    keep_locked="hold låst",
    clear="Rydd bort: {what}",
    clear_in="Rydd bort i {where}: {what}",
    on_duty="På plass: {who}",
    last_to_leave="Sist ut: {who}",
)
NN = Words(
    tentative="FØREBELS",
    cancelled="AVLYST",
    closed="STENGT",
    hours="OPNINGSTID",
    shut="stengt",
    by_agreement="{times} etter avtale",
    busy="Oppteke",
    private="Privat",
    blocked="Sperra",
    open_to_all="Ope for alle",
    alcohol="Alkohol: ja",
    first_in="FØRST INN: opne til kl. {clock}",
    last_out="SIST UT: lås etter kl. {clock}",
    set_up="Klargjering frå kl. {clock}",
    clean_up="Rydda kl. {clock}",
    bring="Ta fram: {what}",
    needs="Behov: {needs}",
    contact="Kontakt: {contact}",
    participants="Deltakarar: {count}",
    message="Melding: {text}",
    reference="Referanse: {reference}",
    agreement="Avtale: {title}",
    waits="Ventar på svar",
    missing="SLEPP IKKJE INN ENNO, manglar: {what}",
    may_enter="Kan sleppast inn",
    entrance="Inngang: {text}",
    getting_in="Slik kjem de inn: {text}",
    from_when="De kjem inn frå kl. {clock}",
    on_site="På staden: {role}",
    answers="Telefon som svarar: {phone} ({role})",
    municipality="Kommunen",
    bookings="Bookingar og stengingar",
    round="Vaktmeister",
    mine="Mine bookingar",
    whats_on="Det skjer",
    whats_on_about="Det som er ope for alle",
    ages="Alder: {ages}",
    arranged="Arrangør: {name}",
    free="Gratis",
    paid="Kostar noko",
    join="Slik blir du med: {text}",
    work="Arbeid",
    tasks="Låse opp, klargjere, skifte og låse",
    unlock="Lås opp: {where}",
    prepare="Klargjer: {where}",
    change_over="Skift: {where}",
    lock="Lås: {where}",
    keep_locked="hald låst",
    clear="Rydd bort: {what}",
    clear_in="Rydd bort i {where}: {what}",
    on_duty="På plass: {who}",
    last_to_leave="Sist ut: {who}",
)
EN = Words(
    tentative="PROVISIONAL",
    cancelled="CANCELLED",
    closed="CLOSED",
    hours="OPENING HOURS",
    shut="closed",
    by_agreement="{times} by agreement",
    busy="Busy",
    private="Private",
    blocked="Blocked",
    open_to_all="Open to all",
    alcohol="Alcohol: yes",
    first_in="FIRST IN: open by {clock}",
    last_out="LAST OUT: lock after {clock}",
    set_up="Set-up from {clock}",
    clean_up="Cleared by {clock}",
    bring="Bring out: {what}",
    needs="Needs: {needs}",
    contact="Contact: {contact}",
    participants="Participants: {count}",
    message="Message: {text}",
    reference="Reference: {reference}",
    agreement="Agreement: {title}",
    waits="Waiting for an answer",
    missing="NOT TO BE LET IN YET, missing: {what}",
    may_enter="May be let in",
    entrance="Entrance: {text}",
    getting_in="How to get in: {text}",
    from_when="You get in from {clock}",
    on_site="On site: {role}",
    answers="Telephone that answers: {phone} ({role})",
    municipality="The municipality",
    bookings="Bookings and closures",
    round="Caretaker",
    mine="My bookings",
    whats_on="What’s on",
    whats_on_about="What is open to all",
    ages="Age: {ages}",
    arranged="Arranged by: {name}",
    free="Free",
    paid="Not free",
    join="How to join: {text}",
    work="Work",
    tasks="Unlock, set up, change over and lock",
    unlock="Unlock: {where}",
    prepare="Set up: {where}",
    change_over="Change over: {where}",
    lock="Lock: {where}",
    keep_locked="keep locked",
    clear="Clear away: {what}",
    clear_in="Clear away in {where}: {what}",
    on_duty="In place: {who}",
    last_to_leave="Last out: {who}",
)
LANGUAGES = {"nb": NB, "nn": NN, "en": EN}

# What a feed's address says in plain text to a person who opens it in a browser; programmes read the status.
WHY_NOT = {
    "no-feed": "Dette kalenderabonnementet finnes ikke. / There is no such calendar.",
    "feed-revoked": "Dette kalenderabonnementet er avsluttet. Lag et nytt på siden for kalenderabonnement. / This calendar was ended.",
    "bad-date": "{field}={value}: Skriv en dato som 2026-12-31. / Write a date like 2026-12-31.",
    "no-such-date": "{field}={value}: Datoen finnes ikke. / There is no such date.",
    "out-of-range": "{field}={value}: Velg en dato fra {least} til {most}. / Choose a date from {least} to {most}.",
    "end-before-start": "{field}={value}: Siste dag er før den første, {start}. / The last day is before the first.",
    "not-a-choice": "{field}={value}: Velg {choices}. / Choose {choices}.",
    "feed-unavailable": "Kalenderen kan ikke lages akkurat nå. Prøv igjen om litt. / The calendar cannot be made just now.",
}
