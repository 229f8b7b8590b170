"""Findings: the sentence for each thing that is wrong with a policy document, and what to do about it."""

from collections.abc import Mapping

from kernel.texts import marked as _

UNREADABLE: Mapping[str, str] = {
    "document-too-large": _(
        "Teksten er for stor. En retningslinje kan ha høyst {most} tegn, en fil med tilfeller høyst {of_cases}."
        " Legg reglene for ett bygg eller rom for seg."
    ),
    "broken-json": _(
        "Teksten er ikke gyldig JSON. Feilen er ved linje {line}, tegn {column}: se etter komma, parentes eller anførselstegn."
    ),
    "nested-too-deep": _("Her ligger verdiene for dypt i hverandre. Grensen er {most} nivåer. Se etter en parentes som ikke er lukket."),
    "repeated-field": _("Feltet {value} står flere ganger. Behold ett av dem."),
    "unknown-rule-kind": _("Regeltypen «{value}» finnes ikke.{nearest:nearest} Rett ordet, eller velg {choices}."),
    "reserved-rule-id": _("Navn som begynner med {reserved} er satt av. Gi regelen «{value}» et annet."),
    "repeated-rule-id": _("Regelen «{value}» har samme navn som {first}. Gi den et annet."),
    "unknown-rule": _("Regelen «{value}» finnes ikke i utkastet."),
    "wrong-place": _(
        "Retningslinjen sier at den gjelder «{value}», og det passer ikke med nivået {layer:word}."
        " Skriv ingenting for kommunen, bygg for et bygg, bygg/rom for et rom."
    ),
    "layer-twice": _("To retningslinjer i fila gjelder nivået {value:word}. Behold én for hvert nivå."),
    "other-place": _("«{value}» hører ikke til «{place}». Legg bare retningslinjer for ett sted i fila."),
    "no-cases": _(
        "Fila er en retningslinje uten tilfeller. Legg den under policies og skriv tilfellene under cases, eller bruk policies lint."
    ),
    "no-such-place": _("«{value}» finnes ikke blant bygg og rom.{near:nearest} Rett navnet, eller legg det inn med venues import først."),
    "one-document": _("Fila har {value} retningslinjer. Legg den som skal prøves, i en fil for seg."),
    "bad-age-band": _("«{value}» er ikke en aldersgruppe. Skriv for eksempel 6-12 eller 65+."),
    "overlapping-age-bands": _("Aldersgruppene {value} går over i hverandre. Del dem slik at ingen telles to ganger."),
    "bad-anchor": _(
        "«{value}» er ikke en dato som kommer hvert år. Skriv for eksempel 08-15, W33, W22-5, school-start eller school-start-7."
    ),
    "day-before-month": _("«{value}» finnes ikke. Måneden skrives først: {meant}."),
    "promise-too-long": _("Svaret kommer etter mer enn {weeks} uker. Kort ned fristen, eller la kontoret svare oftere."),
    "limit-missing": _("Kvoten mangler en grense. Fyll ut hvor mye (minutes) eller på hvor mange datoer (dates)."),
    "bad-yearly-date": _("«{value}» er ikke en dato som kommer hvert år. Skriv for eksempel 15.8., uke 33 eller school-start."),
    "no-such-week": _("«{value}» er ikke en uke. Skriv uke 1 til uke 52 (W1 til W52)."),
    "number-missing": _("Tillegget mangler tallet det regnes med. Fyll ut {missing}."),
    "degression-without-days": _(
        "Pris som synker dag for dag, må være pris per dag. Velg enheten per dag (day), eller fjern andelene (degression)."
    ),
    "safety-not-waived": _("Regelen verner liv og helse, og ingen kan gi unntak fra den. Fjern unntaket (waiver)."),
}
DATES: Mapping[str, str] = {
    "never-valid": _("Regelen {rule} slutter {value:when}, før den begynner {valid_from:when}. Rett en av datoene."),
    "event-twice": _("Hendelsen {value} har to datoer i {year}, og bare den første teller. Fjern en av dem."),
    "event-without-date": _("Hendelsen {value} har ingen dato. Legg datoene under «Dager med navn» (events), en for hvert år."),
    "event-from-elsewhere": _(
        "Hendelsen {value} har ingen dato her. Se etter at kommunens retningslinje har den,"
        " eller legg datoene under «Dager med navn» (events)."
    ),
    "event-year-missing": _(
        "Hendelsen {value} har ingen dato i {year}. Legg den til under «Dager med navn» (events), ellers gjelder ikke regelen det året."
    ),
    "week-53": _("De fleste år har ikke uke 53, og da gjelder ikke regelen. Skriv uke 52 (W52), eller en dato."),
    "week-without-event": _(
        "Uke {week} er {span:when}, men {event} er {day:when}, og det er i uke {actual}."
        " Skriv W{actual}={event}, eller rett datoen under «Dager med navn» (events)."
    ),
}
TIME: Mapping[str, str] = {
    "no-length-fits": _(
        "Ingen lengde passer regelen {rule}: minst {at_least:minutes} og høyst {value:minutes}. Bytt om på dem, eller fjern den ene."
    ),
    "no-length-on-grid": _(
        "Ingen lengde på høyst {value:minutes} går opp i {minutes:minutes}, som {other} krever."
        " La regelen {rule} tillate {shortest:minutes}, eller la {other} ha kortere steg."
    ),
    "kroner-for-ore": _("{value:kr} er svært lite. Beløp skrives i øre: {meant:kr} er {meant}."),
    "hours-for-minutes": _("{value:minutes} er svært kort. Lengder skrives i minutter: {meant:minutes} er {meant}."),
    "rule-fails": _(
        "Regelen {rule} kan ikke brukes slik den står ({value}). Skriv den enklere, og meld fra til dem som drifter løsningen."
    ),
    "never-bookable": _(
        "Tiden {value} kan aldri bookes: {other} lar bare bookinger begynne og slutte hver {minutes:minutes}."
        " La regelen {rule} si {fits}, eller la {other} ha kortere steg."
    ),
    "nothing-fits": _(
        "Tiden {value} er for kort: en booking må vare minst {minutes:minutes}. Utvid tiden, eller tillat kortere bookinger."
    ),
    "hours-outside-opening": _("Klokka {value} er det aldri åpent: {other} åpner bare {band}. Rett tiden, eller utvid {other}."),
    "lead-beyond-horizon": _(
        "Man må be minst {value} {unit:word} før, men {other} åpner bare {ahead} {ahead_unit:word} fram, så ingen dag kan bookes."
        " Gjør fristen kortere, eller la folk booke lenger fram."
    ),
    "released-beyond-horizon": _(
        "Timene slippes {value} {unit:word} før, men {other} lar ingen booke mer enn {ahead} {ahead_unit:word} fram."
        " Slipp dem senere, eller la folk booke lenger fram."
    ),
    "season-of-nothing": _(
        "Regelen {rule} nevner ingen del av året, så rommet aldri kan brukes."
        " Fyll ut delene av året (during) eller periodene (named), eller fjern regelen."
    ),
    "closes-before-it-opens": _(
        "Fristen {value} kommer før man kan søke fra {opens}: søknadstiden ville vart i {days} dager."
        " Bytt om på dem, eller fjern dagen man kan søke fra (opens)."
    ),
    "scope-of-nobody": _("Ingen forespørsel kan høre inn under dette i regelen {rule}: grensene utelukker hverandre. Fjern en av dem."),
}
CONTRADICTIONS: Mapping[str, str] = {
    "status-asked-and-barred": _("Regelen {rule} krever status {value}, og {other} utelukker den. Fjern statusen det ene stedet."),
    "activity-allowed-and-forbidden": _("Regelen {rule} tillater {value}, og {other} forbyr det. Fjern det fra den ene."),
    "no-activity-fits": _(
        "Regelen {rule} tillater bare {value}, og {other} tillater bare annet, så ingenting er tillatt. La dem ha noe felles."
    ),
    "limits-nothing": _("Regelen {rule} begrenser ingenting. Fyll den ut eller fjern den."),
    "limits-differ": _(
        "Reglene {rule} og {other} gjelder det samme og har ulike grenser. Behold den ene, eller gi dem hver sitt virkeområde."
    ),
    "rule-unnecessary": _(
        "Regelen {rule} endrer ingenting: {other} gjelder også her og er minst like streng."
        " Fjern den, eller begrens {other} til det den er ment for."
    ),
    "two-deadlines": _("Det er to søknadsfrister for det samme: {value} i {rule} og {stands} i {other}. Behold den ene."),
    "condition-differs": _("Vilkåret {value} har ulik {what:word} i {rule} og {other}. Gjør dem like, eller gi det ene et annet navn."),
}
TABLES: Mapping[str, str] = {
    "never-reached": _("Regelen {rule} nås aldri: {other} gjelder alltid først. Fjern den ene, eller gjør {other} smalere."),
    "rules-overlap": _(
        "Både {rule} og {other} kan passe, og bare navnet avgjør hvilken som gjelder. Gjør den ene smalere, eller legg til en grense."
    ),
    "line-never-reached": _(
        "Linje {number} i regelen {rule} nås aldri: linje {other} går alltid foran. Fjern den, flytt den, eller gjør den andre smalere."
    ),
    "table-too-long": _("Tabellen har mer enn {most} linjer. Del den på flere regler."),
    "price-rows-overlap": _(
        "Rad {other} og {number} for {value} i regelen {rule} kan gjelde det samme. Gjør den ene smalere, eller fjern den."
    ),
    "price-class-unnamed": _("Prisklassen {value} i regelen {rule} mangler navn. Legg det til under «Prisklasser» (price_classes)."),
    "price-class-without-price": _("Prisklassen {value} mangler pris i prislisten {tariff}. Legg til en rad."),
    "price-gap": _(
        "Prisklassen {value} mangler pris {days:word} kl. {between} i prislisten {tariff}, for eksempel {day:when}. Andre har pris da."
        " Legg til en rad for den tiden."
    ),
    "price-gap-likely": _(
        "Prisklassen {value} mangler pris {days:word} kl. {between} i prislisten {tariff}, for eksempel {day:when}."
        " Legg til en rad, hvis noen kan booke da."
    ),
    "tariffs-overlap": _("To prislister i regelen {rule} gjelder samtidig ({value} og {other}). Sett en siste dag på den første."),
    "tariffs-apart": _(
        "Ingen prisliste gjelder {value:when}, mellom {before} og {after}. La den ene vare lenger, eller den andre begynne før."
    ),
    "sum-differs": _("Prisen er {value:kr}, men {percent} % av {base:kr} er {sum:kr}. Rett prisen, eller det den er regnet av."),
}
REFERENCES: Mapping[str, str] = {
    "home-of-persons": _(
        "Hvor privatpersoner bor, er ikke kjent, og de regnes som om de ikke hører til i kommunen."
        " Begrens regelen til organisasjoner og grupper."
    ),
    "unknown-period": _("Perioden {value} finnes ikke. Legg den til under «Perioder» (periods), eller rett navnet."),
    "period-from-elsewhere": _(
        "Perioden {value} finnes ikke her. Se etter at kommunens retningslinje har den, eller legg den til under «Perioder» (periods)."
    ),
    "almost-alike": _("{value} ligner på {near}. Skriv dem likt hvis de er det samme."),
    "paragraph-not-found": _(
        "{value} finnes ikke i reglementet. Rett henvisningen, eller teksten under «Det vedtatte reglementet» (regulation)."
    ),
    "waiver-by-another": _("Unntak fra {rule} gis av {value:word}, men {decides:word} avgjør. La den som avgjør gi unntak."),
    "title-missing": _("Tittelen mangler på bokmål. Skriv den: de andre språkene bruker den så lenge de mangler."),
    "title-untranslated": _("Tittelen mangler på {language:word}. Skriv den; så lenge brukes bokmål."),
    "class-name-missing": _("Navnet på prisklassen {value} mangler på {language:word}. Skriv det under «Prisklasser» (price_classes)."),
    "text-missing": _("Regelen {rule} mangler {what:word} på bokmål. Skriv teksten: de andre språkene bruker den så lenge de mangler."),
    "language-missing": _("Regelen {rule} mangler {what:word} på {language:word}. Skriv teksten; så lenge brukes bokmål."),
}
FINDINGS: Mapping[str, str] = {**UNREADABLE, **DATES, **TIME, **CONTRADICTIONS, **TABLES, **REFERENCES}
