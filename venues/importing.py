"""Importing: the verb that makes the map of rooms say what an inventory says, and reports what that changed."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import chain

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from accounts.identity import Actor
from database.audit import Act, record
from database.locks import Key, Subject, lock
from kernel.errors import Fault, Invalid, refuse
from kernel.wallclock import to_wall
from venues.editing import raised
from venues.inventory import Inventory, RoomEntry, VenueEntry
from venues.models import District, Fact, Municipality, Room, Space, Venue
from venues.report import ImportReport, Noted, noted
from venues.settling import replaced, said, settle_room, settle_venue
from venues.statements import Origin, Statement
from venues.vocabulary import slug_of


@dataclass(slots=True)
class Ground:
    """What the import works on: the rows there are, and the report that grows."""

    session: Session
    now: datetime
    municipality: Municipality
    districts: dict[str, District]
    venues: dict[str, Venue]
    facts: dict[tuple[int, int | None], list[Fact]]
    report: ImportReport = field(default_factory=ImportReport)
    acts: list[Act] = field(default_factory=list)

    @property
    def today(self) -> date:
        return to_wall(self.now, self.municipality.zone).date()


def import_inventory(session: Session, document: Inventory, *, by: Actor, now: datetime) -> ImportReport:
    """Bring venues, spaces, rooms and facts to what the document says; the same document again changes nothing.

    What staff have said stays and is reported where the document says otherwise; venues and rooms that the document
    no longer has are reported and left alone. Raises Forbidden, Invalid (``no-municipality``, ``unknown-district``).
    """
    by.require(by.is_officer, "officer")
    lock(session, *(Key(Subject.SPACE, number) for number in session.scalars(select(Space.id))))
    ground = _ground(session, document, now)
    _check_districts(ground, document)
    for entry in document.venues:
        _import_venue(ground, entry)
    _report_vanished(ground, document)
    session.flush()
    counts = {"new": len(ground.report.new), "changed": len(ground.report.changed)}
    if ground.acts:
        ground.acts.insert(0, Act("import_inventory", "municipality", ground.municipality.id, counts))
    record(session, *ground.acts, by=by, now=now)
    return ground.report


def _ground(session: Session, document: Inventory, now: datetime) -> Ground:
    municipality = session.scalar(select(Municipality))
    districts = {district.name: district for district in session.scalars(select(District))}
    venues = session.scalars(select(Venue).options(selectinload(Venue.spaces), selectinload(Venue.rooms).selectinload(Room.spaces)))
    facts: dict[tuple[int, int | None], list[Fact]] = defaultdict(list)
    for fact in session.scalars(select(Fact).order_by(Fact.id)):
        facts[fact.venue_id, fact.room_id].append(fact)
    if municipality is None:
        municipality = _new_municipality(session, document, now)
    ground = Ground(session, now, municipality, districts, {venue.slug: venue for venue in venues}, facts)
    _import_municipality(ground, document)
    return ground


def _new_municipality(session: Session, document: Inventory, now: datetime) -> Municipality:
    entry = document.municipality
    if entry is None:
        raise refuse(Invalid, "no-municipality", "municipality")
    municipality = Municipality(name=entry.name, number=entry.number, zone=entry.zone, changed_at=now)
    session.add(municipality)
    session.flush()
    return municipality


def _import_municipality(ground: Ground, document: Inventory) -> None:
    entry = document.municipality
    if entry is None:
        return
    missing = [name for name in entry.districts if name not in ground.districts]
    for name in missing:
        ground.districts[name] = District(slug=slug_of(name), name=name)
        ground.session.add(ground.districts[name])
        ground.report.new.append(Noted("district", name))
    row = ground.municipality
    if missing or (row.name, row.number) != (entry.name, entry.number):
        row.name, row.number = entry.name, entry.number
        raised(row, ground.now)
    if row.zone != entry.zone:
        ground.report.kept.append(Noted("zone", row.name, row.zone, entry.zone))
    ground.report.vanished += [Noted("district", name) for name in ground.districts if name not in entry.districts]
    ground.session.flush()


def _check_districts(ground: Ground, document: Inventory) -> None:
    known = ", ".join(ground.districts)
    faults = [
        Fault("unknown-district", f"venues[{number}].district", one.value, {"known": known, "where": entry.slug})
        for number, entry in enumerate(document.venues)
        for one in entry.district
        if one.value not in ground.districts
    ]
    if faults:
        raise Invalid(*faults)


def _import_venue(ground: Ground, entry: VenueEntry) -> None:
    venue, is_new = ground.venues.get(entry.slug), entry.slug not in ground.venues
    if venue is None:
        zone = entry.zone or ground.municipality.zone
        venue = Venue(slug=entry.slug, name=entry.name, kind="", zone=zone, changed_at=ground.now, revision=1, spaces=[], rooms=[])
        ground.session.add(venue)
        ground.session.flush()
    elif entry.zone and entry.zone != venue.zone:
        ground.report.kept.append(Noted("zone", venue.slug, venue.zone, entry.zone))
    spaces_changed = _import_spaces(ground, venue, entry)
    rooms_changed = [_import_room(ground, venue, room, entry) for room in entry.rooms]
    facts = _import_facts(ground, entry, venue)
    if facts is not None:
        settle_venue(venue, said(facts), ground.districts)
    _mark(ground, venue, entry, is_new=is_new, is_changed=facts is not None or spaces_changed or any(rooms_changed))


def _import_spaces(ground: Ground, venue: Venue, entry: VenueEntry) -> bool:
    known = {space.slug for space in venue.spaces}
    new = [slug for slug in entry.spaces if slug not in known]
    for slug in new:
        named = next((room.name for room in entry.rooms if room.spaces == [slug]), slug)
        venue.spaces.append(Space(slug=slug, name=named, revision=0))
    ground.report.vanished += [Noted("space", f"{venue.slug}/{space.slug}") for space in venue.spaces if space.slug not in entry.spaces]
    ground.session.flush()
    return bool(new)


def _import_room(ground: Ground, venue: Venue, entry: RoomEntry, parent: VenueEntry) -> bool:
    """Whether the room is new: its own changes are its own, but a new room changes its venue."""
    room = next((room for room in venue.rooms if room.slug == entry.slug), None)
    is_new = room is None
    if room is None:
        room = Room(slug=entry.slug, name=entry.name, kind="", facilities=[], changed_at=ground.now, revision=1, spaces=[])
        venue.rooms.append(room)
    is_recomposed = _compose(ground, venue, room, entry.spaces, is_new=is_new)
    ground.session.flush()
    facts = _import_facts(ground, entry, venue, room, parent.sources)
    if facts is not None:
        settle_room(room, said(facts))
    _mark(ground, room, entry, is_new=is_new, is_changed=facts is not None or is_recomposed, where=f"{venue.slug}/{room.slug}")
    return is_new


def _compose(ground: Ground, venue: Venue, room: Room, slugs: Sequence[str], *, is_new: bool) -> bool:
    """Make the room of these spaces; what is claimed for coming bookings is for the gate to mend, so it is reported."""
    if {space.slug for space in room.spaces} == set(slugs):
        return False
    before = list(room.spaces)
    room.spaces = [space for space in venue.spaces if space.slug in slugs]
    if not is_new:
        for space in {*before, *room.spaces}:
            space.revision += 1
        old, new = (", ".join(space.slug for space in spaces) for spaces in (before, room.spaces))
        ground.report.recomposed.append(Noted("spaces", f"{venue.slug}/{room.slug}", old, new))
    return True


def _import_facts(
    ground: Ground, entry: VenueEntry | RoomEntry, venue: Venue, room: Room | None = None, sources: Sequence[str] | None = None
) -> list[Fact] | None:
    """All facts of the venue or room after the import, None when the inventory's are what they were."""
    named = sources if sources is not None else getattr(entry, "sources", [])
    wanted = entry.statements("; ".join(named)[:300], ground.today)
    held = ground.facts[venue.id, room.id if room else None]
    others = [fact for fact in held if fact.origin is not Origin.INVENTORY]
    found = replaced(ground.session, [fact for fact in held if fact.origin is Origin.INVENTORY], wanted, venue=venue, room=room)
    where = f"{venue.slug}/{room.slug}" if room else venue.slug
    noted(ground.report, where, [*wanted, *said(others)], is_room=room is not None, unfamiliar=entry.unfamiliar)
    _report_kept(ground.report, where, wanted, said(others))
    return None if found is None else [*found, *others]


def _report_kept(report: ImportReport, where: str, wanted: Sequence[Statement], others: Sequence[Statement]) -> None:
    for statement in others:
        written = [one.value for one in wanted if one.key == statement.key]
        if statement.origin is Origin.STAFF and written and written != [statement.value]:
            report.kept.append(Noted(statement.key, where, statement.value, written[0] if len(written) == 1 else written))


def _mark(ground: Ground, row: Venue | Room, entry: VenueEntry | RoomEntry, *, is_new: bool, is_changed: bool, where: str = "") -> None:
    """Tell the report, and raise the revision of what was there before and is now another."""
    kind = "venue" if isinstance(row, Venue) else "room"
    line = Noted(kind, where or entry.slug)
    if is_new:
        ground.report.new.append(line)
    elif is_changed:
        raised(row, ground.now)
        ground.report.changed.append(line)
    else:
        ground.report.unchanged.append(line)
        return
    ground.session.flush()
    ground.acts.append(Act("import_inventory", kind, row.id, {"new": is_new}))


def _report_vanished(ground: Ground, document: Inventory) -> None:
    written = {entry.slug: {room.slug for room in entry.rooms} for entry in document.venues}
    vanished = [Noted("venue", slug) for slug in ground.venues if slug not in written]
    rooms = chain.from_iterable(venue.rooms for slug, venue in ground.venues.items() if slug in written)
    vanished += [Noted("room", f"{room.venue.slug}/{room.slug}") for room in rooms if room.slug not in written[room.venue.slug]]
    ground.report.vanished += vanished
