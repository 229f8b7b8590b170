"""Words of the feeds in three languages; a table and not gettext, because a feed's text depends on nothing but its rows."""


class Said:
    """A word, or a text whose braces are filled by ``str.format``, in Norwegian bokmål, nynorsk and English."""

    def __init__(self, nb: str, nn: str, en: str) -> None:
        self.told = {"nb": nb, "nn": nn, "en": en}

    def __set_name__(self, _owner: type["Words"], name: str) -> None:
        self.name = name

    def __get__(self, words: "Words", _owner: type["Words"]) -> str:
        # Kept where it is found without us: a feed says a word thousands of times.
        found: str = vars(words).setdefault(self.name, self.told[words.language])
        return found


class Words:
    """What a feed says in one language."""

    def __init__(self, language: str) -> None:
        self.language = language

    tentative = Said("FORELØPIG", "FØREBELS", "PROVISIONAL")
    cancelled = Said("AVLYST", "AVLYST", "CANCELLED")
    closed = Said("STENGT", "STENGT", "CLOSED")
    hours = Said("ÅPNINGSTID", "OPNINGSTID", "OPENING HOURS")
    shut = Said("stengt", "stengt", "closed")
    by_agreement = Said("{times} etter avtale", "{times} etter avtale", "{times} by agreement")
    busy = Said("Opptatt", "Oppteke", "Busy")
    private = Said("Privat", "Privat", "Private")
    blocked = Said("Sperret", "Sperra", "Blocked")
    open_to_all = Said("Åpent for alle", "Ope for alle", "Open to all")
    alcohol = Said("Alkohol: ja", "Alkohol: ja", "Alcohol: yes")
    first_in = Said("FØRST INN: åpne til kl. {clock}", "FØRST INN: opne til kl. {clock}", "FIRST IN: open by {clock}")
    last_out = Said("SIST UT: lås etter kl. {clock}", "SIST UT: lås etter kl. {clock}", "LAST OUT: lock after {clock}")
    set_up = Said("Klargjøring fra kl. {clock}", "Klargjering frå kl. {clock}", "Set-up from {clock}")
    clean_up = Said("Ryddet kl. {clock}", "Rydda kl. {clock}", "Cleared by {clock}")
    bring = Said("Ta fram: {what}", "Ta fram: {what}", "Bring out: {what}")
    needs = Said("Behov: {needs}", "Behov: {needs}", "Needs: {needs}")
    contact = Said("Kontakt: {contact}", "Kontakt: {contact}", "Contact: {contact}")
    participants = Said("Deltakere: {count}", "Deltakarar: {count}", "Participants: {count}")
    message = Said("Melding: {text}", "Melding: {text}", "Message: {text}")
    reference = Said("Referanse: {reference}", "Referanse: {reference}", "Reference: {reference}")
    agreement = Said("Avtale: {title}", "Avtale: {title}", "Agreement: {title}")
    waits = Said("Venter på svar", "Ventar på svar", "Waiting for an answer")
    missing = Said(
        "SLIPPES IKKE INN ENNÅ, mangler: {what}", "SLEPP IKKJE INN ENNO, manglar: {what}", "NOT TO BE LET IN YET, missing: {what}"
    )
    may_enter = Said("Kan slippes inn", "Kan sleppast inn", "May be let in")
    entrance = Said("Inngang: {text}", "Inngang: {text}", "Entrance: {text}")
    getting_in = Said("Slik kommer dere inn: {text}", "Slik kjem de inn: {text}", "How to get in: {text}")
    from_when = Said("Dere kommer inn fra kl. {clock}", "De kjem inn frå kl. {clock}", "You get in from {clock}")
    on_site = Said("På stedet: {role}", "På staden: {role}", "On site: {role}")
    answers = Said(
        "Telefon som svarer: {phone} ({role})", "Telefon som svarar: {phone} ({role})", "Telephone that answers: {phone} ({role})"
    )
    municipality = Said("Kommunen", "Kommunen", "The municipality")
    bookings = Said("Bookinger og stengninger", "Bookingar og stengingar", "Bookings and closures")
    round = Said("Vaktmester", "Vaktmeister", "Caretaker")
    mine = Said("Mine bookinger", "Mine bookingar", "My bookings")
    whats_on = Said("Det skjer", "Det skjer", "What’s on")
    whats_on_about = Said("Det som er åpent for alle", "Det som er ope for alle", "What is open to all")
    ages = Said("Alder: {ages}", "Alder: {ages}", "Age: {ages}")
    arranged = Said("Arrangør: {name}", "Arrangør: {name}", "Arranged by: {name}")
    free = Said("Gratis", "Gratis", "Free")
    paid = Said("Koster noe", "Kostar noko", "Not free")
    join = Said("Slik blir du med: {text}", "Slik blir du med: {text}", "How to join: {text}")
    work = Said("Arbeid", "Arbeid", "Work")
    tasks = Said("Låse opp, klargjøre, skifte og låse", "Låse opp, klargjere, skifte og låse", "Unlock, set up, change over and lock")
    unlock = Said("Lås opp: {where}", "Lås opp: {where}", "Unlock: {where}")
    prepare = Said("Klargjør: {where}", "Klargjer: {where}", "Set up: {where}")
    change_over = Said("Skift: {where}", "Skift: {where}", "Change over: {where}")
    lock = Said("Lås: {where}", "Lås: {where}", "Lock: {where}")
    keep_locked = Said("hold låst", "hald låst", "keep locked")
    clear = Said("Rydd bort: {what}", "Rydd bort: {what}", "Clear away: {what}")
    clear_in = Said("Rydd bort i {where}: {what}", "Rydd bort i {where}: {what}", "Clear away in {where}: {what}")
    on_duty = Said("På plass: {who}", "På plass: {who}", "In place: {who}")
    last_to_leave = Said("Sist ut: {who}", "Sist ut: {who}", "Last out: {who}")


LANGUAGES = {language: Words(language) for language in ("nb", "nn", "en")}

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
