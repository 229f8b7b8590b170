"""Labels: the words on screen for states, kinds of bookings, prices and dated spans."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta

from accounts import labels as roles
from booking.changed import Change
from booking.models import Booking, Occurrence
from booking.preferring import PREFERRED
from booking.states import Accepts, BookingKind, OccurrenceState, TaskReason, UsageKind
from booking.wish import LEFT_OUT
from database.outbox import Delivery
from kernel.errors import Fault
from kernel.money import Ore
from kernel.texts import marked as _
from policies import labels as policy_labels
from policies.rules.tariff import PriceUnit
from policies.verdict import Absence, Ladder, Layer, Price, PriceLine, Rank, Reason, Task
from policies.words.charges import absence_sentences, ladder_sentence
from web import formats
from web.language import choose
from web.texts import current_locale, gettext, ngettext
from web.written import WORDS

AGE_GROUPS: Mapping[str, str] = {
    "0-5": _("Små barn (0–5)"),
    "6-12": _("Barn (6–12)"),
    "13-19": _("Ungdom (13–19)"),
    "20-66": _("Voksne (20–66)"),
    "67+": _("Eldre (67+)"),
}
KINDS: Mapping[BookingKind, str] = {
    BookingKind.ORDINARY: _("Vanlig booking"),
    BookingKind.MUNICIPAL: _("Kommunens egen bruk"),
    BookingKind.BLOCK: _("Sperret tid"),
    BookingKind.INCOMING: _("Fra en annen kalender"),
}
ACCEPTS: Mapping[Accepts, str] = {
    Accepts.TIME: _("Bare denne tiden i dette rommet"),
    Accepts.ROOM: _("Dette rommet, også en annen tid samme dag"),
    Accepts.ANY: _("Denne tiden, også i et annet rom av samme slag"),
}
STATES: Mapping[str, str] = {
    "unconfirmed": _("Venter på bekreftelse"),
    "requested": _("Venter på svar"),
    "booked": _("Booket"),
    "refused": _("Avslått"),
    "cancelled": _("Avlyst"),
    "lapsed": _("Bortfalt"),
    "skipped": _("Ikke med"),
    "waiting": _("I kø"),
    "displaced": _("Måtte vike"),
}
TONES = {
    "booked": "success",
    "requested": "warning",
    "unconfirmed": "warning",
    "waiting": "info",
    "refused": "danger",
    "displaced": "danger",
}
TASKS: Mapping[TaskReason, str] = {
    TaskReason.BOUNCED: _("E-posten til dem kom i retur."),
    TaskReason.FAILED: _("E-posten til dem ble ikke tatt imot på to dager."),
    TaskReason.UNACKNOWLEDGED: _("De har ikke svart at de har lest at en tid som er nær, er tapt eller endret."),
    TaskReason.MEETS: _("Kalender fra andre møter bookinger"),
    TaskReason.DAMAGE: _("Skade"),
    TaskReason.ANSWER: _("Svar på det som er notert"),
}
USAGES: Mapping[UsageKind, str] = {
    UsageKind.USED: _("Brukt"),
    UsageKind.UNUSED: _("Ikke brukt"),
    UsageKind.DAMAGE: _("Skade"),
    UsageKind.ANSWER: _("Svar"),
}
DELIVERIES: Mapping[Delivery, str] = {
    Delivery.WAITING: _("Venter på å bli sendt"),
    Delivery.SENT: _("Sendt"),
    Delivery.BOUNCED: _("Kom i retur"),
    Delivery.ACKNOWLEDGED: _("Lest"),
    Delivery.FAILED: _("Kom ikke fram"),
    Delivery.WITHDRAWN: _("Trukket tilbake"),
}
TO_DO: Mapping[Task, str] = {
    Task.SIGN: _("Les og signer"),
    Task.UPLOAD: _("Last opp"),
    Task.CONFIRM: _("Bekreft"),
    Task.APPOINT: _("Skriv hvem"),
}
DONE: Mapping[Task, str] = {
    Task.SIGN: _("Signert"),
    Task.UPLOAD: _("Levert"),
    Task.CONFIRM: _("Bekreftet"),
    Task.APPOINT: _("Navngitt"),
}
ACTS: Mapping[str, str] = {
    "change": _("Endret"),
    "cancel": _("Avlyst"),
    "move": _("Flyttet"),
    "restate": _("Det som står om bookingen, endret"),
    "add": _("Lagt til"),
    "readd": _("Tatt med igjen"),
    "split": _("Skilt ut som egen booking"),
    "approve": _("Innvilget"),
    "confirm": _("Bekreftet"),
    "refuse": _("Avslått"),
    "release": _("Gitt tilbake"),
    "reserve": _("Booket"),
    "close": _("Stengt"),
    "displace_outside": _("Måtte vike"),
}
WHO: Mapping[str, str] = {
    "holder": _("den som har bookingen"),
    "organisation": _("en annen i organisasjonen"),
    "office": _("kommunen"),
    "service": _("tjenesten selv"),
}
MOST_NAMED = 6
MEANS: Mapping[str, str] = {"key": _("Nøkkel"), "card": _("Kort"), "code": _("Kode"), "staff": _("En ansatt låser opp")}
CHANGES: Mapping[str, str] = {
    "reserve": _("Bookingen ble laget"),
    "move": _("En dato ble flyttet"),
    "cancel": _("Det ble avlyst"),
    "confirm": _("Organisasjonen bekreftet"),
    "approve": _("Forespørselen ble innvilget"),
    "refuse": _("Forespørselen ble avslått"),
    "lapse": _("Forespørselen falt bort"),
    "note_absence": _("Det ble notert at ingen kom"),
    "withdraw_absence": _("Det ble tatt tilbake at ingen kom"),
    "assign": _("Det ble endret hvem som har saken"),
    "note": _("Det ble skrevet et notat"),
    "ask": _("Søkeren fikk et spørsmål"),
    "answer": _("Søkeren svarte på et spørsmål"),
    "write": _("Det kom en melding"),
    "withdraw_question": _("Et spørsmål ble trukket tilbake"),
    "displace": _("En dato måtte vike"),
    "offer": _("Det kom et tilbud om en annen tid"),
    "accept": _("Et tilbud ble tatt imot"),
    "decline-offer": _("Et tilbud ble avslått"),
    "expire-offer": _("Et tilbud gikk ut"),
    "withdraw-offer": _("Et tilbud var ikke å få lenger"),
    "end-waiting": _("En dato gikk ut av køen"),
    "undo": _("Det siste ble angret"),
}
MIDNIGHT = time()


def band_label(band: str) -> str:
    """An age band: ``0–12 år``, ``67 år og eldre``."""
    if band.endswith("+"):
        return gettext("%(age)s år og eldre", age=band[:-1])
    return gettext("%(ages)s år", ages=band.replace("-", "–"))


def age_groups() -> list[tuple[str, str]]:
    """The age groups that a list of what is on tells apart, with their labels."""
    return [(group, age_group(group)) for group in AGE_GROUPS]


def age_group(value: str) -> str:
    """One of them: ``Barn (6–12)``."""
    return gettext(AGE_GROUPS[value])


def paragraph_of(fault: Fault) -> str:
    """The paragraph that a refusal rests on, with whose regulation it stands in where the rule is the municipality's."""
    written, layer = str(fault.facts.get("paragraph") or ""), fault.facts.get("layer")
    return policy_labels.paragraph_of(written, Layer.MUNICIPALITY) if layer == Layer.MUNICIPALITY else written


def booking_kind(value: str) -> str:
    """An ordinary booking, the municipality's own, or time that is blocked."""
    return gettext(KINDS[BookingKind(value)])


def state_label(value: str) -> str:
    """Where a booking or one of its dates stands."""
    return gettext(STATES[value]) if value in STATES else gettext(WORDS.get(value, value))


def after_yes(date: Occurrence) -> str:
    """What one has, or is asked for, now that what was offered to a date was taken."""
    said = {"when": wall_span((date.local_start, date.local_end)), "room": date.room.whole_name}
    if date.state is OccurrenceState.BOOKED:
        return gettext("Tiden er deres: %(when)s, %(room)s.", **said)
    return gettext("Dere har takket ja til %(when)s, %(room)s. Den må godkjennes eller bekreftes før den er deres.", **said)


def after_no(date: Occurrence) -> str:
    """What follows when what was offered to a date is not wanted, for ``gettext``."""
    if date.state is OccurrenceState.DISPLACED:
        return _("Svaret er notert. Vi ser etter noe annet og gir beskjed. Blir tiden dere mistet, ledig igjen, spør vi dere først.")
    return _("Svaret er notert. Tilbudet går til neste i køen.")


def accepts_label(value: str) -> str:
    """What suits who stands in line."""
    return gettext(ACCEPTS[Accepts(value)])


def delivery_label(value: str) -> str:
    """What became of a notice."""
    return gettext(DELIVERIES[Delivery(value)])


def task_reason(value: str) -> str:
    """Why somebody has to be called, or what has to be looked at."""
    return gettext(TASKS[TaskReason(value)])


def usage_label(value: str) -> str:
    """What was said of a use."""
    return gettext(USAGES[UsageKind(value)])


def state_tone(value: str) -> str:
    """The colour that goes with a state; the words say the same."""
    return TONES.get(value, "neutral")


def to_do_label(value: str) -> str:
    """What one does to meet a condition."""
    return gettext(TO_DO[Task(value)])


def done_label(value: str) -> str:
    """What was done to meet a condition."""
    return gettext(DONE[Task(value)])


def means_label(value: str) -> str:
    """How one gets in."""
    return gettext(MEANS[value])


def worded(reason: Reason) -> str:
    """A sentence of the policy in the language of the request."""
    return reason.in_language(current_locale().language)


def price_text(amount: Ore | None) -> str:
    """An amount, ``gratis`` for none, and plainly unknown where no price is stated."""
    if amount is None:
        return gettext("pris ikke fastsatt")
    return formats.kroner(amount) if amount else gettext("gratis")


def price_parts(price: Price) -> list[tuple[str, str]]:
    """What a price is made of, each part with its amount; nothing where it is one part alone that says no more than the price."""
    return price_lines(price) if len(price.lines) > 1 else []


def price_lines(price: Price) -> list[tuple[str, str]]:
    """Each part of a price with its amount."""
    return [(_part(line), gettext("regnes ut etterpå") if line.is_deferred else formats.kroner(line.amount)) for line in price.lines]


def _part(line: PriceLine) -> str:
    if line.rule:
        title = line.title.in_language(choose())
        return f"{title} ({line.percent} %)" if line.percent is not None else title
    rate = f"{formats.kroner(line.rate)} {policy_labels.choice(PriceUnit(line.unit))}"
    return f"{formats.duration(line.minutes)}, {rate}" if line.minutes is not None else f"{formats.long_date(line.day)}, {rate}"


def rank_text(rank: Rank) -> str:
    """Where a request stands in the order of precedence: ``gruppe 2 av 4 (Barn og unge), 16 poeng``."""
    name = rank.name.in_language(choose())
    place = gettext("gruppe %(place)d av %(of)d", place=rank.place, of=rank.of) + (f" ({name})" if name else "")
    points = gettext("%(points)d poeng", points=rank.points)
    return f"{place}, {points}" if rank.points else place


def ladder_text(ladder: Ladder) -> str:
    """What cancelling costs, in a sentence."""
    return ladder_sentence(ladder.steps)


def absence_text(absence: Absence) -> str:
    """What it costs that nobody comes, and when a cancellation counts as that."""
    return " ".join(absence_sentences(absence.percent, absence.release_hours))


def hold_text(minutes: int) -> str:
    """How long a time is kept free: in days where they are whole, else in hours and minutes."""
    days, rest = divmod(minutes, 24 * 60)
    return formats.duration(minutes) if rest or not days else ngettext("%(num)d dag", "%(num)d dager", days)


def wall_span(span: tuple[datetime, datetime]) -> str:
    """Two wall-clock times as a date and clocks."""
    return formats.span(*span)


def wall_clocks(span: tuple[datetime, datetime]) -> str:
    """The clocks alone: ``18:00–20:00``, with 24:00 for midnight and the later date where the span ends on another day."""
    start, end = span
    if end.time() == MIDNIGHT and end - start <= timedelta(days=1):
        return f"{start:%H:%M}–24:00"
    last = f"{end:%H:%M}"
    return f"{start:%H:%M}–{last}" if end.date() == start.date() else f"{start:%H:%M}–{last} ({formats.short_date(end)})"


def iso_moment(text: str) -> str:
    """A wall-clock time in ISO form, as people write it."""
    return formats.moment(datetime.fromisoformat(text))


def change_since(change: Change, booking: Booking, is_staff: bool) -> str:
    """What was done to a booking, to which of its dates, and when; for staff by whom too, with the role."""
    days = [formats.day_month(date.local_start) for date in booking.occurrences if date.number in change.numbers]
    what = gettext(CHANGES.get(change.verb, _("Bookingen ble endret"))) + (f" ({', '.join(days)})" if days else "")
    when, name = formats.moment(change.at, booking.room.venue.zone), change.name
    if not is_staff:
        return gettext("%(what)s, %(when)s.", what=what, when=when)
    who = f"{name} ({roles.role(change.role).lower()})" if change.role else name or gettext("tjenesten selv")
    return gettext("%(who)s, %(when)s: %(what)s.", what=what, who=who, when=when)


def skipped_because(reason: str) -> str:
    """Why a date was left out or ended, from the codes kept on it."""
    if reason == "taken":
        return gettext("Tiden var opptatt.")
    if reason == "too-few":
        return gettext("For få av utstyret eller folkene var ledige.")
    cause, _colon, said = reason.partition(": ")
    if cause == "closure":
        return gettext("Lokalet ble stengt: %(reason)s", reason=said)
    if cause == "out-of-order":
        return gettext("Noe dere trenger, er ute av drift: %(reason)s", reason=said)
    if cause == "precedence":
        return gettext("Noe annet går foran: %(reason)s", reason=said) if said else gettext("Noe annet går foran.")
    if reason == "declined":
        return gettext("Takket nei til tilbudet.")
    if reason.startswith(PREFERRED):
        return gettext("Tiden gikk til en annen forespørsel.")
    if reason == LEFT_OUT:
        return gettext("Tatt ut av den som booket.")
    if reason == "missing-hour":
        return gettext("Klokka stilles fram denne natta.")
    return gettext("Reglene sa nei.") if reason.startswith("policy:") else reason
