"""Sentences: what each fault code means, in bokmål; every package adds the codes of its verbs to its own table."""

from collections.abc import Mapping

from kernel.texts import marked as _

KERNEL: Mapping[str, str] = {
    "missing-hour": _("{value:when} finnes ikke: klokka stilles fram denne natta. Velg et tidspunkt før hoppet, eller {after}."),
    "end-before-start": _("Slutten må være etter starten."),
    "no-such-date": _("Datoen {value} finnes ikke. Sjekk dag og måned."),
    "bad-date": _("«{value}» er ikke en dato. Skriv for eksempel 24.11.2026."),
    "bad-iso-date": _("«{value}» er ikke en dato. Skriv for eksempel 2026-11-24."),
    "bad-local-time": _("«{value}» er ikke et tidspunkt. Skriv for eksempel 2026-11-24T18:00."),
    "bad-clock": _("«{value}» er ikke et klokkeslett. Skriv for eksempel 18:00."),
    "unknown-zone": _("Tidssonen «{value}» finnes ikke. Bruk et navn som {example}."),
    "bad-rule": _("Gjentakelsen «{value}» kan ikke leses. Skriv for eksempel FREQ=WEEKLY;COUNT=10."),
    "endless-rule": _("Gjentakelsen har ingen slutt. Oppgi antall ganger eller siste dato."),
    "empty-rule": _("Gjentakelsen gir ingen datoer. Endre regelen eller datoene som er unntatt."),
    "too-many-dates": _("Gjentakelsen gir for mange datoer. En serie kan ha høyst {most} datoer og vare i fem år."),
}
DATABASE: Mapping[str, str] = {
    "lost-race": _("Noen andre endret det samme akkurat nå. Se på det på nytt og prøv igjen."),
    "database-busy": _("Tjenesten er opptatt akkurat nå. Vent litt og prøv igjen."),
    "key-reused": _("Nøkkelen «{value}» er alt brukt til en annen forespørsel. Lag en ny nøkkel."),
}
ACCOUNTS: Mapping[str, str] = {
    "sign-in-first": _("Du må logge inn først."),
    "not-your-role": _("Du har ikke tilgang til dette. Det kreves rollen {need:word}."),
    "too-many-attempts": _("Det har vært for mange forsøk. Prøv igjen om {minutes}."),
    "wrong-sign-in": _("E-postadressen og passordet passer ikke sammen. Prøv igjen, eller lag et nytt passord."),
    "account-exists": _("Det finnes alt en konto med denne e-postadressen. Logg inn, eller lag et nytt passord."),
    "no-account-yet": _("Det finnes ingen konto med denne e-postadressen ennå. Åpne en konto først."),
    "person-exists": _("Personen finnes alt: {name}."),
    "no-such-person": _("Personen finnes ikke."),
    "no-such-link": _("Lenken er ikke gyldig. Sjekk at hele lenken er med, eller be om en ny."),
    "link-used": _("Lenken er alt brukt. Be om en ny hvis du trenger den."),
    "link-expired": _("Lenken gjaldt i {hours} timer og er gått ut. Be om en ny."),
    "own-account-only": _("Dette kan bare gjøres med din egen konto."),
    "no-such-token": _("Tokenet finnes ikke."),
    "invitation-for-one-thing": _("En invitasjon gjelder enten en rolle eller en organisasjon."),
    "invitation-for-another": _("Invitasjonen er sendt til en annen e-postadresse. Logg inn med den."),
    "invitation-used": _("Invitasjonen er alt brukt."),
    "invitation-expired": _("Invitasjonen er gått ut. Be om en ny."),
    "wrong-check-digit": _("«{value}» er ikke et organisasjonsnummer: kontrollsifferet stemmer ikke. Sjekk sifrene."),
    "bad-organisation-number": _("«{value}» er ikke et organisasjonsnummer. Skriv ni sifre."),
    "organisation-exists": _("Organisasjonen er alt registrert: {name}."),
    "no-such-organisation": _("Organisasjonen finnes ikke."),
    "class-needs-number": _("Denne typen søker må ha organisasjonsnummer."),
    "bad-name": _("«{value}» kan ikke brukes. Skriv små bokstaver fra a til z, tall og bindestrek, for eksempel eget-anlegg."),
    "organisation-dissolved": _("{name} er slettet fra registeret. Spør kommunen hvis det ikke stemmer."),
    "not-in-register": _("Nummeret «{value}» finnes ikke i Brønnøysundregistrene. Sjekk sifrene."),
    "no-such-review": _("Endringen finnes ikke."),
    "review-settled": _("Det er alt bestemt hva som skal gjelde for {value}."),
    "holds-no-role": _("{value} har ingen rolle i registeret med samme navn og fødselsdato."),
    "own-successor": _("Den nye lederen må være en annen enn deg."),
    "no-such-team": _("Laget står ikke på listen."),
    "too-many-teams": _("Listen er full: den kan ha {most} lag."),
    "ages-backwards": _("Den eldste kan ikke være yngre enn den yngste."),
    "no-such-standing": _("Statusen eller tallet finnes ikke."),
    "standing-ended": _("«{value}» er alt avsluttet."),
    "group-is-closed": _("Gruppen inviterer selv dem som skal representere den. Snakk med den ansvarlige."),
    "birth-date-missing": _("Fødselsdato mangler. Den som er ansvarlig for en gruppe må oppgi den."),
    "responsible-too-young": _("Den ansvarlige må ha fylt {least} år."),
    "responsible-stays": _("Den ansvarlige kan ikke slutte. Be en saksbehandler gjøre en annen ansvarlig først."),
    "not-a-delegate": _("Bare den som alt representerer gruppen, kan bli ansvarlig for den."),
    "no-such-delegation": _("Representasjonen finnes ikke."),
    "delegation-ended": _("Representasjonen er avsluttet."),
    "no-such-role": _("Rollen finnes ikke."),
    "not-a-caretaker": _("Personen har ikke ansvar for noe bygg, så ingen kan være stedfortreder."),
    "no-such-account": _("Ingen har en konto med adressen {value}. Be personen åpne en konto først."),
    "own-deputy": _("Stedfortrederen må være en annen enn den som er borte."),
    "deputy-named": _("Det er alt meldt inn en stedfortreder til og med {until:when}. Velg andre dager, eller meld ut den andre først."),
    "role-needs-venue": _("Rollen gjelder for bygg. Velg minst ett bygg."),
    "role-without-venue": _("Rollen gjelder hele kommunen. Ta bort bygget."),
    "wrong-password": _("Det er ikke passordet du har nå. Prøv igjen."),
    "no-such-venue": _("Bygget «{value}» finnes ikke."),
    "unknown-period": _("Det finnes ingen frist som heter «{value}»."),
    "unknown-erasure": _("Slettingen finnes ikke."),
    "not-understood": _("Kryss av for at du har forstått at det ikke kan angres."),
    "has-role": _("Den som har en rolle i kommunen, kan ikke slettes. En administrator må trekke rollen tilbake først."),
    "answers-for-group": _("{group} må få en annen ansvarlig først. Be en saksbehandler om det."),
    "has-coming-bookings": _("Det er bookinger som ikke er over: {references}. Avlys dem, eller la en annen i organisasjonen overta dem."),
    "last-administrator": _("Den siste administratoren kan ikke fjernes. Gi rollen til en annen først."),
}
VENUES: Mapping[str, str] = {
    "survey-empty": _("Sett minst én karakter, mål noe, eller si hva som mangler."),
    "gravity-missing": _("Velg hvor alvorlig det er."),
    "no-municipality": _("Kommunen er ikke lagt inn ennå. Importer oversikten over lokaler først."),
    "unknown-venue": _("Bygget «{value}» finnes ikke.{near:nearest}"),
    "unknown-room": _("Rommet «{value}» finnes ikke.{near:nearest}"),
    "unknown-space": _("Delen «{value}» finnes ikke i bygget. Kjente deler: {known}."),
    "unknown-district": _("Bydelen «{value}» er ikke blant kommunens. Kjente bydeler: {known}."),
    "duplicate-slug": _("«{value}» er brukt to ganger, første gang i {first}. Gi den ene et annet navn."),
    "bad-slug": _("«{value}» kan ikke stå i en adresse. Bruk små bokstaver, tall og bindestrek."),
    "not-an-inventory": _("Filen er ikke en oversikt over lokaler."),
    "not-a-size": _("Skriv størrelsen som to tall: bredde og lengde i meter."),
    "not-a-location": _("Skriv stedet som breddegrad og lengdegrad."),
    "bad-disagreement": _("Kilder som er uenige må oppgi minst to verdier."),
    "too-long": _("«{value}» er for langt. Grensen er {most} tegn."),
    "unknown-week": _("Filen beskriver ikke uka som er brukt for {value}."),
    "room-retired": _("Rommet «{value}» er tatt ut av bruk."),
    "capacity-below-places": _("Rommet har {least} plasser i en av oppstillingene. Antallet må være minst det."),
    "half-a-location": _("Oppgi både breddegrad og lengdegrad, eller ingen av dem."),
    "photo-missing": _("Velg et bilde."),
    "photo-too-large": _("Bildet er for stort: grensen er {most} millioner bildepunkter. Gjør det mindre, og last det opp på nytt."),
    "not-a-photo": _("Filen er ikke et bilde vi kan vise. Bruk {known}."),
    "unknown-photo": _("Bildet finnes ikke."),
    "period-backwards": _("Siste dag må ikke være før {first}."),
    "unknown-school-period": _("Skoleperioden finnes ikke."),
    "hours-overlap": _("To åpningstider går over i hverandre fra {value}."),
    "unknown-closure": _("Stengningen finnes ikke."),
    "closed-already": _("Det samme er alt stengt fra {value:when} og til samme tid: «{why}». Åpne det først om det skal stå noe annet."),
    "closure-withdrawn": _("Stengningen er alt trukket tilbake."),
    "closure-past": _("Tiden var over {value:when}, og det som har vært, endres ikke. Sett en slutt som ligger fram i tid."),
    "closure-over": _("Stengningen var over {until:when}. Last siden på nytt for å se hva som er stengt nå."),
    "unknown-need": _("«{value}» er ikke et behov vi kjenner. Velg {known}."),
    "unknown-contact": _("Kontakten finnes ikke."),
    "missing-column": _("Kolonnen «{value}» mangler."),
}
SHEETS: Mapping[str, str] = {
    "file-too-large": _("Filen er for stor. Grensen er {most} byte."),
    "unknown-file-kind": _("Filtypen «{value}» kan ikke leses. Bruk {known}."),
    "not-utf-8": _("Filen er ikke lagret som UTF-8. Lagre den på nytt med tegnsettet UTF-8."),
    "bad-table": _("Tabellen kan ikke leses. Sjekk skilletegn og anførselstegn."),
    "bad-workbook": _(
        "Filen kan ikke leses som et regneark: den er tom, ødelagt eller av et annet slag. Åpne den i et regnearkprogram, slett tomme ark "
        "med diagram og lagre den som .xlsx på nytt."
    ),
    "no-sheet-of-cells": _("Det øverste arket, «{value}», har ingen celler. Legg arket med tabellen øverst, og lagre på nytt."),
    "too-many": _("Det er for mange. Grensen er {most}."),
    "merged-cells": _("Cellene {value} er slått sammen, så det er ikke sikkert hva de gjelder. Opphev det, og skriv verdien i hver celle."),
    "formula-without-value": _(
        "Cellen {value} har en formel som ikke er regnet ut. Åpne filen i et regneark og lagre den, eller skriv verdien selv."
    ),
}
BOOKING: Mapping[str, str] = {
    "contact-in-public-text": _(
        "Skriv ikke telefonnummer eller e-postadresser her, for alle kan lese det. Kontakten er den organisasjonen viser alle."
    ),
    "unknown-booking": _("Vi finner ingen booking med referansen {value}, eller den er ikke din."),
    "no-judgement": _("Det er ikke lagret hvordan {value} ble vurdert, og det skal det være: noen har slettet det fra databasen."),
    "unknown-date": _("Bookingen har ingen dato nummer {value}."),
    "date-elsewhere": _("Dato nummer {value} er skilt ut og står nå i bookingen {reference}. Bruk den referansen."),
    "unknown-person": _("Personen finnes ikke. Søk på navn eller telefon, eller legg inn den som ringer."),
    "unknown-organisation": _("Vi kjenner ingen organisasjon med nummeret {value}. Registrer den først, eller book som privatperson."),
    "bad-organisation": _("«{value}» er ikke en organisasjon. Skriv organisasjonsnummeret med ni sifre."),
    "unknown-agreement": _("Avtalen finnes ikke eller er avsluttet. Velg en annen, eller book uten avtale."),
    "agreement-overlaps": _(
        "Organisasjonen har alt avtalen «{title}» i {room} ({first} – {last}), på samme tider. "
        "Endre den, eller velg andre rom, dager eller tider."
    ),
    "signed-already": _("Avtalen er alt signert."),
    "agreement-used-since": _(
        "Timene i avtalen er brukt av andre bookinger siden, eller avtalen gjelder ikke lenger. Det kan ikke gjøres om."
    ),
    "renewal-outside": _("Fristen for å fornye må være i avtalens periode, {first} – {last}."),
    "time-backwards": _("Tiden {value:weekly} slutter før den begynner."),
    "times-overlap": _("{value:weekly} går over i {other:weekly}. Slå dem sammen, eller endre en av dem."),
    "unknown-duty": _("Plikten finnes ikke i avtalen."),
    "unknown-template": _("Malen finnes ikke, eller er tatt bort."),
    "date-ends": _("Avlyses uten gebyr."),
    "date-draws": _("Trekkes fra avtalen «{title}»."),
    "date-priced": _("Blir stående, men trekkes ikke lenger fra noen avtale."),
    "acts-no-more": _("Du representerer ikke lenger {name}. Send ønsket en gang til, så blir de spurt om de vil bekrefte det."),
    "not-acting": _(
        "Bookingen {value} tilhører {name}, og bare de som representerer {name}, kan gjøre dette."
        " Be en av dem om det, eller be om å få representere {name} selv."
    ),
    "not-their-agreement": _("Avtalen gjelder en annen organisasjon."),
    "unknown-price-class": _("Prisklassen «{value}» finnes ikke i retningslinjene for rommene. Velg {known}."),
    "unknown-grant": _("Tilskuddet finnes ikke eller er avsluttet."),
    "not-their-grant": _("Tilskuddet gjelder en annen organisasjon."),
    "scheme-exists": _("Det finnes alt en ordning som heter «{value}». Velg et annet navn."),
    "unknown-scheme": _("Ordningen finnes ikke. Velg en annen, eller lag den først."),
    "scheme-changed": _("Ordningen er endret mens du så på den. Last siden på nytt, og se hvordan den er nå."),
    "grant-overlaps": _(
        "Organisasjonen har alt et tilskudd under «{value}» fra {first} til {last}. Velg andre dager, eller avslutt det tilskuddet først."
    ),
    "scheme-not-then": _("Ordningen gjelder ikke {day}. Velg en første dag som den gjelder, eller en annen ordning."),
    "grant-too-long": _("Et tilskudd gjelder høyst et år. Velg en tidligere siste dag, og gi et nytt for tiden etter."),
    "report-too-early": _("Fristen for rapporten må være etter {last}, som er siste dag tilskuddet gjelder."),
    "unknown-room-kind": _("Ingen rom er av typen «{value}». Velg en av typene i lista."),
    "not-of-this-kind": _("Dette brukes ikke i slike ordninger. Driftstilskudd har beløp, de andre har tak. La feltet stå tomt."),
    "above-ceiling": _("{value:kr} er mer enn ordningen gir. Skriv høyst {most:kr}."),
    "support-lost": _("Organisasjonen har mistet retten til nye tilskudd til og med {until}. Vent til det er over."),
    "lease-changed": _("Noen andre har vedtatt leiestatus mens du så på siden. Se hva som gjelder nå, og vedta på nytt om det trengs."),
    "part-stated": _("Det er alt oppgitt noe for denne bookingen. Se hva som står, og noter igjen hvis det skal byttes ut."),
    "terms-changed": _("Noen andre endret dette mens du så på siden. Se hva som er lagret nå, og lagre igjen hvis det skal endres."),
    "rate-changed": _("Satsen ble rettet mens du så på den. Nå er den {value:kr} i timen fra {first}, og kilden er «{source}»."),
    "report-changed": _("Noen andre skrev i rapporten mens du så på den. Se hva som er lagret, ta med det som skal med, og lagre igjen."),
    "rate-exists": _("Det finnes alt en sats for slike rom fra {first}. Rett den, eller velg en annen dag."),
    "unknown-rate": _("Satsen finnes ikke."),
    "not-their-booking": _("Organisasjonen har ingen booking med referansen {value}."),
    "no-report": _("Det skal ikke rapporteres på dette tilskuddet."),
    "report-sent": _("Rapporten er alt sendt. Vil dere rette noe, be kommunen sende den tilbake."),
    "report-not-sent": _("Det er ingen rapport som venter på svar. Last siden på nytt."),
    "grant-not-over": _("Tilskuddet gjelder til og med {last}. Send rapporten etter det. Det dere har skrevet, kan lagres."),
    "too-short-to-answer": _("Organisasjonen må få tid til å svare. Sett fristen til {first} eller senere."),
    "unknown-decision": _("Vedtaket finnes ikke."),
    "unknown-complaint": _("Klagen finnes ikke."),
    "complaint-exists": _("Det er alt klaget på dette vedtaket. Skriv i den klagen det dere vil legge til."),
    "complaint-decided": _(
        "Klagen {reference} på dette vedtaket er avgjort, så det kan ikke klages på det igjen. Er det kommet et nytt vedtak, klag på det."
    ),
    "complained-enough": _("Det er alt klaget på dette vedtaket {most} ganger. Send en ny klage til kommunen som brev eller e-post."),
    "complaint-not-late": _("Klagen kom i tide, eller det er alt avgjort om den behandles."),
    "complaint-elsewhere": _("Klagen er kommet videre og kan ikke endres slik nå. Se hvor den står."),
    "admit-first": _("Klagen kom etter fristen. Avgjør først om den likevel skal behandles."),
    "other-officer": _("Du tok vedtaket selv. La en annen se på det, eller skriv hvorfor du gjør det."),
    "no-such-act": _("Velg en av handlingene på listen, eller la feltet stå tomt."),
    "too-many-steps": _("Det er skrevet så mye om denne klagen at det ikke er plass til mer ({most}). Ring heller."),
    "day-ahead": _("Dagen kan ikke være etter i dag."),
    "before-complaint": _("Dagen kan ikke være før klagen kom, {day}."),
    "before-decision": _("Dagen kan ikke være før vedtaket, som er fra {day}."),
    "hearing-open": _("Organisasjonen har alt et varsel som ikke er avgjort. Avgjør det først."),
    "unknown-hearing": _("Varselet finnes ikke."),
    "hearing-decided": _("Det er alt avgjort. Last siden på nytt for å se vedtaket."),
    "hearing-not-over": _("Organisasjonen kan svare til og med {until}. Vent til den har svart, eller til fristen er ute."),
    "no-lease-to-end": _("Organisasjonen har ingen leiestatus den dagen. Skriv en bokstav for å gi den en."),
    "time-taken": _("{space} er opptatt {span:when}."),
    "kept-for-line": _(
        "{space} ble nettopp ledig {span:when}, og holdes for dem som står i kø."
        " Senest {until:when} er de spurt. Prøv igjen da, eller still deg i køen."
    ),
    "meets-own-date": _(
        "Denne datoen går inn i en annen dato i samme serie, {span:when}. Gjør den kortere, flytt den eller ta en av dem bort."
    ),
    "too-often-in-line": _(
        "Dere står alt {most} ganger i kø for dette rommet {value:when}, blant annet med {reference}."
        " Ta datoen bort her, eller gi opp en av plassene."
    ),
    "too-few-free": _(
        "{name}: det trengs {value}, men {free} av {total} er ledige. Resten er i bruk {held}. Be om færre, eller velg en annen tid."
    ),
    "too-few-there": _("{name}: det trengs {value}, men det finnes bare {total}. Be om færre."),
    "not-in-this-room": _("{name} kan ikke brukes i {room}. Ta det bort, eller velg et annet rom. {here:lent}"),
    "taken-out-of-use": _("{name} ble tatt ut av bruk {since}. Ta det bort, eller velg noe annet. {here:lent}"),
    "no-such-resource": _("Det finnes ikke noe utstyr som heter «{value}» der {room} er.{near:nearest} {here:lent}"),
    "unknown-resource": _("Det finnes ikke noe slikt utstyr og ingen slike folk her."),
    "resource-exists": _("Bygget har alt «{value}». Endre det som står der, eller velg et annet navn."),
    "resource-meets-bookings": _(
        "{reference} i {room}, {value:when}, er lovet {name}, og det er ikke nok igjen. La den miste tiden, eller behold flere."
    ),
    "resource-retired": _("«{value}» er alt tatt ut av bruk."),
    "not-in-lots": _("{value} går ikke opp i stabler på {lot}. Velg et antall som gjør det."),
    "too-many-units": _("{value} er for mange til å telles én og én; det går til {most} stabler. Sett minst {lot} i hver stabel."),
    "changed-meanwhile": _("Noen andre har endret dette mens du så på det. Se på det på nytt."),
    "rule-not-judged": _(
        "Regelen «{rule}» kan ikke vurderes for bookingen {value}, {start:when}, så ingenting er prøvd."
        " Se om datoene og tallene i regelen kan være slik, rett den og prøv på nytt."
    ),
    "date-not-judged": _(
        "Bookingen {value}, {start:when}, kan ikke vurderes, så ingenting er prøvd."
        " Prøv andre datoer, og si fra til dem som drifter tjenesten."
    ),
    "what-if-broken": _("Prøvingen stanset av en feil hos oss. Si fra til dem som drifter tjenesten, og oppgi prøving nummer {value}."),
    "what-if-given-up": _("Prøvingen ble avbrutt {value} ganger og er gitt opp. Prøv på nytt, gjerne med færre datoer."),
    "price-too-large": _(
        "Prisen blir {value:kr}, og ingen pris kan være over {most:kr}."
        " Si fra til kommunen: noe er galt i prisregelen «{rule}» eller tilleggene."
    ),
    "answer-expired": _("Lenken gjaldt til {value:when}. Logg inn for å se bookingen."),
    "answer-given": _("Dette er alt gjort, og lenken virker ikke lenger."),
    "answer-outdated": _("Bookingen {value} er endret siden meldingen ble sendt. Logg inn for å se hvordan den er nå."),
    "unknown-notice": _("Vi finner ikke varselet."),
    "unknown-task": _("Vi finner ikke oppgaven."),
    "task-done": _("Oppgaven er alt gjort."),
    "unknown-act": _("Vi finner ikke det som skal angres, eller det er ikke ditt."),
    "undo-too-late": _("Det er for sent å angre: etter {minutes} er varslene sendt. Gjør det om på vanlig måte."),
    "undone-already": _("Dette er alt angret."),
    "changed-since": _("Noe annet er gjort med {value} siden, så dette kan ikke angres. Se bookingen slik den er nå."),
    "closed-since": _("Rommet er stengt {value:when} etter at dette ble gjort, så tiden kan ikke tas tilbake."),
    "wrong-state": _("Dette kan ikke gjøres nå: saken er i tilstanden «{value:word}»."),
    "too-many-unconfirmed": _(
        "Du har alt {most} forespørsler som venter på at en organisasjon bekrefter. Vent på svar, eller avlys en av dem først."
    ),
    "too-many-dates-unconfirmed": _(
        "Du kan ha høyst {most} datoer som venter på at organisasjoner bekrefter dem, og med dette blir det {number}."
        " Ta færre datoer, vent på svar, eller avlys noen av dem først."
    ),
    "in-the-past": _("Det som har vært, kan ikke endres."),
    "no-such-day": _("Serien har ingen dato {value:when}. Velg en av datoene i serien."),
    "nothing-chosen": _("Alle datoene er tatt ut. Ta med minst én."),
    "bad-choice": _("Velg å ta ut datoen, et annet rom, eller en ny start og slutt."),
    "left-out": _("Du har tatt ut denne datoen."),
    "nothing-to-split": _("Alle datoene til {value} følger etter denne, så det blir ingenting igjen å skille fra."),
    "nothing-to-release": _("Det er ingen datoer å gi tilbake fra {value:when} til {last:when}. Velg en annen periode eller andre lag."),
    "dearer-meanwhile": _(
        "Det er blitt dyrere eller for sent å avlyse siden du åpnet siden. Ingenting er avlyst."
        " Se hva det koster nå, og avlys igjen hvis du vil det likevel."
    ),
    "other-dates-meanwhile": _("Datoene i perioden er blitt andre mens du så på dem. Ingenting er gitt tilbake. Se på dem på nytt."),
    "gives-up-time": _(
        "Dette må kommunen svare på først, og imens holdes ikke tiden dere har. Kryss av for at dere vil det likevel, eller la den stå."
    ),
    "gives-up-time-for": _(
        "Dette må kommunen svare på først, og imens holdes ikke tiden dere har. Får dere ikke ja, koster det {cost:kr} som om den var"
        " avlyst. Kryss av for at dere vil det likevel, eller la den stå."
    ),
    "team-changes-price": _(
        "Med laget «{value}» blir prisen {after:kr} i stedet for {before:kr}. Datoer flyttes mellom lag bare når prisen er den samme."
        " Avlys og book på nytt, eller spør en saksbehandler."
    ),
    "team-needs-decision": _(
        "Med laget «{value}» må noen godkjenne tiden på nytt. Datoer flyttes mellom lag bare på samme vilkår."
        " Avlys og book på nytt, eller spør en saksbehandler."
    ),
    "cause-missing": _("Skriv grunnen. De som mister tiden, får lese den."),
    "reason-missing": _("Skriv hvorfor. De det gjelder, får lese begrunnelsen."),
    "displaces-others": _("{reference} i {room}, {value:when}, mister tiden. Se gjennom hvem det gjelder, og bekreft."),
    "gives-no-way": _(
        "{reference} i {room}, {value:when}, kan ikke vike: den er over, har begynt, er sperret tid eller følger en kalender fra andre."
        " Velg en annen tid."
    ),
    "goes-not-first": _(
        "{reference} i {room}, {value:when}, viker ikke: den er minst like sterk ({theirs} mot {strength}). Velg en annen tid."
    ),
    "no-precedence": _("{reference} i {room}, {value:when}, viker ikke: ingen regel sier hvem som går foran. Velg en annen tid."),
    "displaced-too-late": _(
        "{reference} i {room}, {value:when}, skulle hatt beskjed {days} dager før, senest {until}. Skriv hvorfor det likevel må skje."
    ),
    "has-begun": _("{value:when} har vært. Velg et tidspunkt som ligger foran oss."),
    "out-of-order": _("Noe dere trenger, er ute av drift til {until:when}: {reason}. Velg en annen tid, eller ta bort behovet."),
    "unknown-billing-period": _("Perioden finnes ikke."),
    "billed-too-early": _("Siste dag kan ikke være etter {latest}: så langt fram kan ingenting faktureres."),
    "billed-too-late": _("Første dag kan ikke være før {earliest}: krav som er eldre enn tre år, er foreldet."),
    "no-such-payer": _("«{value}» er ingen betaler. Skriv o og nummeret til en organisasjon (o3), eller p og nummeret til en person (p7)."),
    "no-payer-chosen": _("Ingen er valgt. Kryss av for dem som skal faktureres, eller fakturer alle."),
    "nothing-to-dispute": _("Datoen koster ingenting, så det er ingenting å rette."),
    "disputed-already": _("Datoen er alt omtvistet. Vent på svaret."),
    "answered-already": _("En annen har alt svart. Last siden på nytt, og se svaret."),
    "nothing-to-answer": _("Ingen har sagt at prisen er feil. Skriv hva datoen skal koste hvis prisen skal rettes."),
    "no-price": _("En slik dato betaler ingen for."),
    "not-an-amount": _("«{value}» er ikke et beløp. Skriv kroner, for eksempel 250 eller 99,50."),
    "nothing-to-pay": _("Du skylder ingenting. Det som ikke er fakturert ennå, kan du betale når det er det."),
    "till-closed": _("Betalingstjenesten svarer ikke. Ingenting er trukket. Prøv igjen om litt."),
    "no-till": _("Her kan du ikke betale. Vent på fakturaen."),
    "unknown-offer": _("Tilbudet finnes ikke."),
    "offer-expired": _("Tilbudet gikk ut {expired}. Tiden er gått videre til neste i køen."),
    "no-offers": _("Det er ingen tilbud å svare på for booking {value} nå."),
    "offer-answered": _("Tilbudet er alt besvart eller trukket tilbake."),
    "others-compete": _("Andre har bedt om samme tid mens du så på det. Se hvem som nå mister tiden, og avgjør på nytt."),
    "closure-meets-bookings": _("Stengningen møter {reference} i {room}, {value:when}. Avlys den samtidig, eller velg en annen tid."),
    "puts-outside": _("Endringen legger {reference} i {room}, {value:when}, utenfor. Gi dem tilbud om noe annet, eller la dem stå."),
    "out-of-range": _("{value:when} er utenfor det som er mulig: fra {least:when} til {most:when}."),
    "times-of-once": _("Velg hvor ofte det gjentas, eller la antall ganger og siste dato stå tomt."),
    "until-before-start": _("Siste dato kan ikke være før den første. Velg {start:when} eller senere."),
    "one-of-two": _("Fyll ut enten antall ganger eller siste dato, ikke begge."),
    "neither-of-two": _("Fyll ut antall ganger eller siste dato."),
    "several-people": _("Flere passer til «{value}»: {names}. Velg en av dem."),
    "nothing-asked": _("Kryss av for regelen dere ber om unntak fra, og skriv hvorfor."),
    "exception-without-rule": _("Kryss av for regelen dere ber om unntak fra, eller la begrunnelsen stå tom."),
    "unknown-exception": _("Ingen regel for rommet heter «{value}». Be om unntak fra en av reglene som står i veien."),
    "exception-not-possible": _("Det gis ikke unntak fra regelen «{value}»."),
    "grounds-missing": _("Skriv hvorfor det gis unntak. Den som søkte, får lese begrunnelsen."),
    "unknown-condition": _("Bookingen har ikke dette vilkåret, eller det er ikke noe å gjøre med det nå."),
    "text-changed": _("Teksten er kommet i en ny versjon mens du leste. Les den på nytt før du signerer."),
    "holder-signs": _("Dette må den som har bookingen, signere selv."),
    "too-few-people": _("Dere må navngi minst {least}. Her står det {value}."),
    "too-young-on-site": _("Den som er til stede, må ha fylt {age} år, og være født i {last} eller tidligere."),
    "document-missing": _("Velg en fil."),
    "not-a-document": _("Filen er ikke et dokument vi kan ta imot. Bruk {known}."),
    "no-year-page": _("Det er ikke gitt ut noen årsside for {value}."),
    "year-to-come": _("Året {value} har ikke begynt. Velg et år som er i gang eller er over."),
    "not-begun": _("Datoen har ikke begynt. Hvordan den ble brukt, kan noteres fra {value:when}."),
    "absence-stands": _("Det står at ingen kom. Ta det tilbake først."),
    "nothing-noted": _("Det er ikke notert noe om datoen som kan besvares."),
    "note-missing": _("Skriv hva det gjelder."),
    "said-too-often": _("Det er alt skrevet {most} ganger om datoen. Ring kommunen om det er mer."),
    "nobody-expected": _("Tiden er sperret, så det er ingen som skulle komme."),
    "message-missing": _("Skriv noe først."),
    "unknown-message": _("Meldingen finnes ikke."),
    "too-many-messages": _("Det er skrevet {most} meldinger om denne bookingen, og flere er det ikke plass til. Ring heller."),
    "not-asked": _("Spørsmålet er alt besvart eller trukket tilbake."),
    "owner-changed": _("Saken har fått en annen eier mens du så på den. Nå er det {value}. Se på det på nytt."),
    "not-a-decider": _("Den du valgte, kan ikke avgjøre denne saken. Velg en annen."),
    "deputy-without-owner": _("Stedfortrederen står i stedet for en eier. Velg en eier også, og en annen enn stedfortrederen."),
    "too-long-span": _("Tidsrommet er for langt. Spør om høyst {days} dager om gangen."),
}
PLANS: Mapping[str, str] = {
    "plan-column-missing": _("Kolonnen «{value}» mangler. Overskriften kan være {known}."),
    "column-twice": _("Kolonnene «{first}» og «{value}» sier det samme. Behold én av dem."),
    "unknown-column": _("Kolonnen «{value}» kjenner vi ikke.{near:nearest} Rett overskriften, eller fjern kolonnen."),
    "bad-weekday": _("«{value}» er ikke en ukedag. Skriv én dag i hver rad, for eksempel mandag."),
    "bad-period": _("«{value}» er ikke en periode. Skriv for eksempel 17.08.2026 - 18.12.2026, eller navnet på en periode."),
    "bad-participants": _("«{value}» kan ikke leses som deltakere. Skriv for eksempel 0-12: 8, 13-19: 10, eller bare hvor mange."),
    "ambiguous-room": _("«{value}» kan være flere rom. Skriv {names}."),
    "unknown-club": _(
        "Vi kjenner ikke «{value}».{near:nearest} Rett navnet, skriv organisasjonsnummeret, eller registrer organisasjonen først."
    ),
    "ambiguous-club": _("«{value}» kan være flere organisasjoner. Skriv {names}."),
    "nobody-holds": _("Ingen kan stå for bookingene til «{value}». Inviter noen til å representere organisasjonen først."),
    "unknown-activity": _("Aktiviteten «{value}» finnes ikke. Skriv {known}."),
    "period-not-known": _("Perioden «{value}» står ikke i retningslinjene for rommet. Skriv {known}, eller første og siste dato."),
    "no-periods": _("Retningslinjene for rommet har ingen perioder. Skriv første og siste dato i stedet for «{value}»."),
    "period-without-dates": _("Perioden «{value}» har ingen datoer i retningslinjene for rommet. Skriv første og siste dato."),
    "no-such-weekday": _("Det er ingen {day:word} {period:when}. Rett ukedagen eller perioden."),
    "unknown-break": _("Ferien «{value}» står ikke i skoleruta for rommet. Skriv {known}, eller datoene."),
    "no-breaks": _("Det står ingen ferier i skoleruta for rommet. Skriv datoene i stedet for «{value}»."),
    "week-not-in-year": _("«{value}» finnes ikke i {years}. Ukene har nummer 1 til {last}."),
    "nothing-left": _("Unntakene tar bort alle datoene ({value}). Rett dem, eller fjern raden."),
    "too-many-dates-in-plan": _("Det er for mange datoer i filen. Grensen er {most}. Del filen i flere."),
    "taken-by": _("{space} er opptatt {times} av {by}."),
}
CALENDARS: Mapping[str, str] = {
    "feed-unavailable": _("Kalenderen kan ikke vises akkurat nå. Den kommer tilbake av seg selv."),
    "no-feed": _("Kalenderen finnes ikke."),
    "feed-revoked": _("Kalenderen er trukket tilbake. Lag en ny adresse."),
    "feed-link-over": _("Lenken gjelder ikke lenger. Be kommunen om en ny, eller logg inn og lag kalenderen på siden Kalendere."),
    "feed-link-taken": _(
        "Kalenderen er alt i bruk. Trenger du en til, logger du inn og lager den på siden Kalendere, eller ber om en ny lenke."
    ),
    "not-a-caretaker": _("{value} er ikke vaktmester for noe bygg."),
    "no-address": _("{value} har ingen e-postadresse."),
    "feed-without-name": _("Gi kalenderen et navn på høyst {most} tegn."),
    "feed-without-venues": _("Velg minst ett bygg eller ett rom."),
    "sign-of-one-room": _("Et dørskilt er for ett rom. Du valgte {value}."),
    "no-teams": _("Organisasjonen har ingen bookinger for et lag. La feltet stå tomt, eller skriv «{value}» som lag i bookingene først."),
    "too-many-feeds": _("Du kan ha høyst {most} kalendere. Trekk tilbake en du ikke bruker."),
    "no-organisation": _("Organisasjonen «{value}» finnes ikke."),
    "no-venue": _("Bygget «{value}» finnes ikke."),
    "follows-calendar": _("{value} følger kalenderen «{calendar}», og endres bare der."),
    "unknown-calendar": _("Kalenderen finnes ikke, eller er fjernet."),
    "address-or-file": _("Skriv en adresse, eller velg en fil. Ikke begge."),
    "calendar-there": _("{value} følger allerede denne kalenderen."),
    "nothing-fetched": _("«{value}» er ikke hentet ennå. Hent den først."),
    "not-followed": _("«{value}» er satt på pause. Ta den i bruk igjen først."),
    "just-fetched": _("«{value}» ble hentet nettopp. Vent et minutt."),
    "nothing-meets": _("Ingen av datoene mangler tiden sin lenger. Se på listen på nytt."),
    "no-officer": _("Ingen er saksbehandler ennå. Gi noen rollen først."),
    "not-a-file": _("«{value}» hentes fra en adresse. Legg filen til som en kalender for seg."),
    # Of fetching, then of reading, then of what would have come of it.
    "calendar:bad-address": _("Adressen er ingen nettadresse. Skriv den slik den som har kalenderen, oppgir den."),
    "calendar:inside-address": _(
        "Adressen ligger på et internt nett, og dit henter vi ingenting. Be den som drifter tjenesten, om å åpne for den."
    ),
    "calendar:own-address": _("Dette er en kalender herfra. Det den viser, er allerede booket her."),
    "calendar:unknown-host": _("Vi finner ikke maskinen som adressen ligger på."),
    "calendar:unreachable": _("Maskinen svarer ikke."),
    "calendar:too-slow": _("Det tok for lang tid å hente den."),
    "calendar:unsafe-connection": _("Forbindelsen er ikke trygg: sertifikatet er ikke gyldig."),
    "calendar:not-safe-onward": _("Adressen sender oss videre til en uten kryptering."),
    "calendar:too-many-redirects": _("Adressen sender oss videre for mange ganger."),
    "calendar:bad-answer": _("Svaret kan ikke leses."),
    "calendar:unknown-packing": _("Svaret er pakket på en måte vi ikke kjenner."),
    "calendar:truncated": _("Kalenderen slutter før den er ferdig: linjen END:VCALENDAR mangler. Hent den på nytt."),
    "calendar:too-large": _("Filen er for stor. Den kan ha høyst 10 MB og én million linjer."),
    "calendar:compressed": _("Filen er pakket (zip eller gzip). Pakk den ut, og last opp kalenderfilen som er i den."),
    "calendar:web-page": _(
        "Dette er en nettside, ikke en kalender. Ofte er det en innloggingsside: finn adressen eller filen som kalenderen deles med."
    ),
    "calendar:not-a-calendar": _("Dette er ikke en kalender: det finnes ingen linje BEGIN:VCALENDAR."),
    "calendar:empty": _("Filen er tom."),
    "calendar:too-many-dates": _("Den har mer enn 10 000 datoer framover. Be om en som gjelder færre rom eller kortere tid."),
    "calendar:no-dates": _("Den har ingen datoer lenger. Er det riktig, kan du fjerne den her, så blir tiden ledig."),
    "calendar:nested": _("Kalenderen er satt sammen på en måte som ikke kan leses: for mange ledd ligger i hverandre."),
    "calendar:too-many-events": _("Kalenderen har mer enn 20 000 hendelser. Be om en som gjelder færre rom eller kortere tid."),
    "calendar:too-much-work": _("Kalenderen har for mange gjentakelser. Be om en som gjelder færre rom eller kortere tid."),
    "calendar:room-retired": _("Rommet er tatt ut av bruk."),
    "calendar:status-401": _("Den andre siden krever innlogging. Be om en adresse som virker uten."),
    "calendar:status-403": _("Den andre siden lar oss ikke hente den. Be om en ny adresse."),
    "calendar:status-404": _("Den andre siden har ikke denne kalenderen. Be om en ny adresse."),
    "calendar:status-410": _("Kalenderen er trukket tilbake på den andre siden. Be om en ny adresse."),
    "calendar:status": _("Den andre siden svarte med feilkode {value}."),
    "calendar:unread": _("Den kan ikke leses ({value})."),
}
