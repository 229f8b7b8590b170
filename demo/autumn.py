"""The demo's bookings: weekly trainings that touch, requests that wait, two bands that want the same night."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy.orm import Session

from accounts.identity import Actor
from booking.furnishing import NewResource
from booking.public import Public
from booking.support.agreements import make_agreement
from booking.support.models import Agreement
from booking.support.principles import keep_template
from booking.support.terms import AgreementTerms, TemplateTerms
from booking.wish import OnConflict, Recurrence, Wish
from demo.people import Cast
from kernel.recurrence import weekly
from policies.taxonomy import Activity
from venues.models import Venue
from venues.vocabulary import ResourceKind

WEEKS_BEFORE = 6
WEEKS = 16
OFFICER = "kari"
PROMISED = (
    {"kind": "open", "amount": 10, "text": "Åpen kveld for alle"},
    {"kind": "dugnad", "amount": 20, "text": "Hjelp når hallen ryddes"},
)
PRINCIPLES = (
    "Prinsipper for samarbeid (fiktiv): Kommunen låner bort lokaler til lav pris, og organisasjonen holder åpen aktivitet som alle kan "
    "være med på. Tid som ikke brukes, gis tilbake så andre kan få den. Begge melder fra i god tid når noe endres."
)


@dataclass(frozen=True, slots=True)
class Weekly:
    """A weekly booking: who books for whom, where, on which weekday (0 is Monday), when, for what and how many.

    What ``is_allocated`` was shared out in the season's round and entered by an officer; what is ``told`` is open to all.
    """

    person: str
    organisation: str
    room: str
    weekday: int
    start: str
    end: str
    purpose: str
    activity: Activity
    participants: tuple[tuple[str, int], ...]
    is_allocated: bool = False
    told: Mapping[str, Any] = field(default_factory=dict)


SEASON = (
    Weekly(
        "berit",
        "skiold",
        "oren-flerbrukshall/gymsal-1",
        0,
        "17:00",
        "18:30",
        "Turn, partiet 6-9 år",
        Activity.SPORT_TRAINING,
        (("6-9", 22),),
        told={
            "title": "Turn for barn 6–9 år",
            "text": "Vi leker, slår hjul og hopper trampett. Nye barn kan begynne når som helst.",
            "free": True,
            "join": "Bare møt opp. De tre første gangene er gratis, og utstyret låner du.",
        },
    ),
    Weekly(
        "berit",
        "skiold",
        "oren-flerbrukshall/gymsal-1",
        0,
        "18:30",
        "20:00",
        "Turn, partiet 10-13 år",
        Activity.SPORT_TRAINING,
        (("10-13", 18),),
    ),
    Weekly(
        "nils",
        "handball",
        "oren-flerbrukshall/gymsal-2",
        0,
        "17:30",
        "19:00",
        "Håndball, jenter 12",
        Activity.SPORT_TRAINING,
        (("11-12", 16),),
        told={
            "title": "Håndball for jenter født 2014 og 2015",
            "text": "Ingen trenger å ha spilt før. Foreldre kan se på.",
            "ages": ["6-12"],
            "join": "Kom på en trening, ta med innesko og vannflaske.",
        },
    ),
    Weekly(
        "nils",
        "handball",
        "oren-flerbrukshall/hel-hall",
        2,
        "18:00",
        "20:00",
        "Håndball, damelaget",
        Activity.SPORT_TRAINING,
        (("18+", 20),),
    ),
    Weekly(
        "nils",
        "handball",
        "brandengen-flerbrukshall/hall",
        1,
        "18:00",
        "20:00",
        "Håndball, gutter 15",
        Activity.SPORT_TRAINING,
        (("14-15", 17),),
    ),
    Weekly(
        "nils",
        "fotball",
        "assiden-fotballhall/halvdel-a",
        1,
        "18:00",
        "19:30",
        "Fotball, gutter 11",
        Activity.SPORT_TRAINING,
        (("10-11", 24),),
        is_allocated=True,
    ),
    Weekly(
        "nils",
        "fotball",
        "assiden-fotballhall/halvdel-b",
        1,
        "18:00",
        "19:30",
        "Fotball, jenter 13",
        Activity.SPORT_TRAINING,
        (("12-13", 20),),
        is_allocated=True,
        told={"title": "Fotball for jenter på ungdomstrinnet", "ages": ["6-12", "13-19"], "free": False},
    ),
    Weekly(
        "nils",
        "fotball",
        "assiden-fotballhall/hel-hall",
        3,
        "20:00",
        "21:30",
        "Fotball, A-laget",
        Activity.SPORT_TRAINING,
        (("18+", 26),),
        is_allocated=True,
    ),
    Weekly(
        "siri",
        "koret",
        "knutepunkt-stromso/gymsal",
        3,
        "19:00",
        "21:00",
        "Korøvelse",
        Activity.CULTURE_MUSIC,
        (("20+", 35),),
        told={
            "title": "Åpen korøvelse",
            "text": "Vi synger viser, gospel og litt Grieg. Du trenger ikke å kunne noter.",
            "free": True,
            "join": "Kom ti minutter før, så finner vi en stemme til deg.",
        },
    ),
    Weekly("tone", "kvilterne", "knutepunkt-stromso/moterom-1", 2, "18:00", "20:30", "Quiltekveld", Activity.SOCIAL, (("40+", 11),)),
    Weekly(
        "amina",
        "fjell",
        "fjell-aktivitetshus/moterom",
        4,
        "16:00",
        "18:00",
        "Leksehjelp",
        Activity.COURSE,
        (("10-16", 14),),
        told={
            "title": "Leksehjelp",
            "text": "Hjelp til alle fag, og mat klokka fem. Homework help in Norwegian, English, Arabic and Somali.",
            "free": True,
            "join": "Kom når du vil, og ta med det du jobber med.",
        },
    ),
    Weekly(
        "amina",
        "fjell",
        "fjell-aktivitetshus/moterom",
        1,
        "17:00",
        "19:00",
        "Språkkafé",
        Activity.SOCIAL_CAFE,
        (("18+", 15),),
        told={
            "title": "Språkkafé",
            "text": "Øv på norsk over en kopp kaffe. Practise Norwegian over a cup of coffee.",
            "free": True,
            "join": "Bare kom. Barn kan være med.",
        },
    ),
    Weekly(
        "amina",
        "fjell",
        "fjell-aktivitetshus/moterom",
        2,
        "11:00",
        "13:00",
        "Seniortreff",
        Activity.SOCIAL,
        (("67+", 15),),
        told={
            "title": "Seniortreff med suppe",
            "text": "Suppe, prat og av og til en quiz.",
            "free": False,
            "join": "Suppa koster 40 kroner.",
        },
    ),
    Weekly(
        "siri",
        "koret",
        "knutepunkt-stromso/gymsal",
        0,
        "17:00",
        "18:00",
        "Barnekor",
        Activity.CULTURE_MUSIC,
        (("6-12", 20),),
        told={"title": "Barnekor for alle som vil", "text": "Sang og lek. Vi holder konsert til jul.", "free": True},
    ),
    Weekly(
        "nils",
        "handball",
        "brandengen-flerbrukshall/hall",
        6,
        "12:00",
        "14:00",
        "Åpen hall",
        Activity.SPORT_TRAINING,
        (("0-12", 30), ("20-66", 15)),
        told={
            "title": "Åpen hall for barn og foreldre",
            "text": "Baller, matter og hinderløype. Foreldre er med på gulvet.",
            "ages": ["0-5", "6-12"],
            "free": True,
            "join": "Bare møt opp. Ta med innesko.",
        },
    ),
    Weekly(
        "nils",
        "fotball",
        "assiden-fotballhall/hel-hall",
        6,
        "10:00",
        "11:30",
        "Gåfotball",
        Activity.SPORT_TRAINING,
        (("67+", 18),),
        is_allocated=True,
        told={"title": "Gåfotball for pensjonister", "text": "Fotball i rolig tempo, ingen løping. Kaffe etterpå.", "free": True},
    ),
)


@dataclass(frozen=True, slots=True)
class Beside:
    """Something that a venue has for its rooms of these kinds, how many, and the minutes to fetch and bring it back."""

    name: str
    kinds: frozenset[str]
    quantity: int
    kind: ResourceKind = ResourceKind.EQUIPMENT
    lot: int = 1
    before: int = 0
    after: int = 0


SPORTS = frozenset({"gym", "sports hall", "handball court", "court", "football pitch", "half pitch", "arena"})
MEETINGS = frozenset({"meeting room", "classroom", "group room", "council chamber", "activity room", "banquet hall", "multi-purpose room"})
FEASTS = frozenset({"banquet hall", "hall", "multi-purpose room"})
BESIDE = (
    Beside("Bærbar høyttaler", SPORTS | FEASTS, quantity=2),
    Beside("Førstehjelpskoffert", SPORTS, quantity=3),
    Beside("Prosjektor", MEETINGS, quantity=2),
    Beside("Stoler", FEASTS, quantity=120, lot=10, after=15),
    Beside("Lydtekniker", frozenset({"stage"}), quantity=1, kind=ResourceKind.ATTENDANT, before=30, after=30),
)

# Who wants a room on the Saturday for themselves, from when to when, for how many.
PRIVATE = (
    ("tone", "fjell-aktivitetshus/moterom", "Åttiårsdag", ("12:00", "15:00"), 12),
    ("siri", "knutepunkt-stromso/moterom-1", "Navnefest", ("13:00", "16:00"), 10),
    ("jonas", "fjell-aktivitetshus/moterom", "Jubileumsmiddag", ("16:00", "20:00"), 12),
)


def wishes(cast: Cast, *, today: date) -> Iterator[tuple[str, Wish]]:
    """Every booking of the demo with the short name of who makes it; each is to be one transaction."""
    monday = today - timedelta(days=today.weekday()) - timedelta(weeks=WEEKS_BEFORE)
    for entry in SEASON:
        yield OFFICER if entry.is_allocated else entry.person, _weekly(cast, entry, monday + timedelta(days=entry.weekday))
    yield from _waiting(cast, today + timedelta(days=9 - today.weekday()))


def year_before(cast: Cast, *, today: date) -> Iterator[tuple[str, Wish]]:
    """The same season a year ago, shared out by the municipality."""
    monday = today - timedelta(days=today.weekday()) - timedelta(weeks=WEEKS_BEFORE + 52)
    for entry in SEASON:
        yield OFFICER, _weekly(cast, replace(entry, is_allocated=True, told={}), monday + timedelta(days=entry.weekday))


def _weekly(cast: Cast, entry: Weekly, first: date) -> Wish:
    return Wish(
        room=entry.room,
        start=_at(first, entry.start),
        end=_at(first, entry.end),
        purpose=entry.purpose,
        activity=entry.activity,
        participants=dict(entry.participants),
        organisation=_name(cast, entry.organisation),
        recurrence=Recurrence.model_validate({"rrule": weekly(count=WEEKS)}),
        on_conflict=OnConflict.SKIP,
        on_behalf_of=cast.people[entry.person].id if entry.is_allocated else None,
        open_to_all=bool(entry.told),
        public=Public.model_validate(entry.told) if entry.told else None,
    )


def _waiting(cast: Cast, day: date) -> Iterator[tuple[str, Wish]]:
    """Private wishes that nobody else has, two that want the same night, and one in the name of a club one is no delegate of."""
    saturday = day + timedelta(days=(5 - day.weekday()) % 7)
    party = {"room": "fjell-aktivitetshus/bankettsal", "purpose": "Konfirmasjonsfest", "activity": Activity.CELEBRATION}
    beside = {"stoler-fiktiv": 60, "prosjektor-fiktiv": 1}
    yield "per", Wish(**party, resources=beside, start=_at(saturday, "15:00"), end=_at(saturday, "21:00"), participants={"0-99": 60})
    for person, room, purpose, hours, heads in PRIVATE:
        times = {"start": _at(saturday, hours[0]), "end": _at(saturday, hours[1])}
        yield person, Wish(room=room, **times, purpose=purpose, activity=Activity.CELEBRATION, participants={"0-99": heads})
    night = {"room": "union-scene/klubbscene", "open_to_all": True}
    evening = {"start": _at(saturday, "18:00"), "end": _at(saturday, "22:00")}
    band = _name(cast, "papirbruket")
    yield (
        "jonas",
        Wish(
            **night,
            **evening,
            activity=Activity.CULTURE_CONCERT,
            purpose="Konsert: Papirbruket og venner",
            organisation=band,
            participants={"18+": 180},
        ),
    )
    fair = _name(cast, "fjell")
    yield (
        "amina",
        Wish(
            **night,
            **evening,
            activity=Activity.EVENT,
            purpose="Flerkulturell festkveld",
            organisation=fair,
            participants={"0-17": 60, "18+": 120},
        ),
    )
    chess = {"room": "drammensbiblioteket/moterom", "purpose": "Klubbkveld", "activity": Activity.SOCIAL}
    yield "siri", Wish(**chess, start=_at(day, "17:00"), end=_at(day, "19:00"), organisation=_name(cast, "sjakk"), participants={"18+": 12})
    yield "siri", Wish(**chess, start=_at(day, "19:00"), end=_at(day, "20:00"), organisation=_name(cast, "koret"), participants={"20+": 8})


def resources(venues: Iterable[Venue]) -> Iterator[tuple[str, NewResource]]:
    """What one can have beside the rooms, by the slug of its venue: of each thing as much as its rooms of these kinds want."""
    for venue in venues:
        for thing in BESIDE:
            rooms = [room.slug for room in venue.rooms if room.kind in thing.kinds]
            if rooms:
                limits = {"quantity": thing.quantity, "lot": thing.lot, "before_minutes": thing.before, "after_minutes": thing.after}
                yield venue.slug, NewResource(name=f"{thing.name} (fiktiv)", kind=thing.kind, rooms=rooms, **limits)


def support(session: Session, cast: Cast, *, by: Actor, now: datetime) -> Agreement:
    """The municipality's principles, and an agreement of hours in two rooms that starts from them."""
    year = now.year
    keep_template(
        session,
        TemplateTerms(
            name="Samarbeidsavtale om lokaler (fiktiv)",
            price_class="partner",
            promised=PROMISED,
            duties=PRINCIPLES,
            contact="Rådgiver for frivillighet (fiktiv)",
            remind_days=(90, 30),
        ),
        by=by,
        now=now,
    )
    return make_agreement(
        session,
        AgreementTerms(
            organisation=cast.organisations["skiold"].id,
            title="Turn for alle (fiktiv)",
            price_class="partner",
            hours=60,
            first_day=date(year, 8, 1),
            last_day=date(year + 1, 6, 30),
            rooms=("oren-flerbrukshall/gymsal-1", "assiden-fotballhall/halvdel-a"),
            duties=PRINCIPLES,
            contact="Rådgiver for frivillighet (fiktiv)",
            renew_by=date(year + 1, 5, 1),
            remind_days=(90, 30),
            promised=(*PROMISED, {"kind": "report", "due_on": f"{year + 1}-07-31", "text": "Årsmelding"}),
        ),
        by=by,
        now=now,
    )


def _name(cast: Cast, organisation: str) -> str:
    found = cast.organisations[organisation]
    return found.number or f"group:{found.id}"


def _at(day: date, clock: str) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock))
