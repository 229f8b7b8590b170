"""Who answers at a venue at an hour, and photos made safe."""

import io
import struct
from datetime import UTC, datetime
from pathlib import Path
from zlib import crc32

import pytest
from PIL import Image
from sqlalchemy.orm import Session

from accounts.identity import Actor
from kernel.errors import Forbidden, Invalid, Missing
from tests.cast import Cast, actor, assemble
from venues import pictures
from venues.contact import Answering, arrival
from venues.inputs import ContactInput, PhotoInput
from venues.queries import municipality
from venues.staffing import add_contact, add_photo, remove_contact, remove_photo

NOW = datetime(2026, 9, 1, 10, tzinfo=UTC)
HALL = "oren-flerbrukshall"
CARETAKER = {"weekdays": [0, 1], "start": "15:30", "end": "23:00", "role": "Vaktmester", "phone": "99887766", "is_present": True}


@pytest.fixture
def cast(session: Session) -> Cast:
    return assemble(session)


@pytest.fixture
def olav(session: Session, cast: Cast) -> Actor:
    return actor(session, cast.olav)


def contact(**changed: object) -> ContactInput:
    return ContactInput.model_validate(CARETAKER | changed)


def monday(hour: int) -> datetime:
    """An hour of Monday 2 November 2026 in Oslo."""
    return datetime(2026, 11, 2, hour - 1, tzinfo=UTC)


def test_who_is_in_the_house_answers_and_else_the_municipality(session: Session, cast: Cast, olav: Actor) -> None:
    home = municipality(session)
    home.contact_name, home.contact_phone = "Servicetorget", "32000000"
    cast.oren.minutes_before, cast.oren.entrance = 15, "Inngang B"
    add_contact(session, HALL, contact(), by=olav, now=NOW)
    add_contact(
        session, HALL, contact(role="Vakttelefon", phone="11223344", is_present=False, start="00:00", end="24:00"), by=olav, now=NOW
    )

    evening, morning = arrival(session, cast.oren, monday(18)), arrival(session, cast.oren, monday(9))
    sunday = arrival(session, cast.oren, datetime(2026, 11, 1, 12, tzinfo=UTC))

    assert (evening.entrance, evening.opens_at) == ("Inngang B", datetime(2026, 11, 2, 16, 45, tzinfo=UTC))
    assert (evening.on_site, evening.answers) == (Answering("Vaktmester", "99887766", True), Answering("Vaktmester", "99887766", True))
    assert (morning.on_site, morning.answers) == (None, Answering("Vakttelefon", "11223344"))
    assert sunday.answers == Answering("Servicetorget", "32000000")


def test_nobody_is_said_to_answer_where_nobody_is_known(session: Session, cast: Cast) -> None:
    assert arrival(session, cast.oren, monday(18)).answers is None


def test_a_contact_is_taken_away_by_the_caretaker_and_by_nobody_else(session: Session, cast: Cast, olav: Actor) -> None:
    row = add_contact(session, HALL, contact(), by=olav, now=NOW)[0]

    with pytest.raises(Forbidden):
        remove_contact(session, row.id, by=actor(session, cast.per), now=NOW)
    remove_contact(session, row.id, by=olav, now=NOW)
    with pytest.raises(Missing):
        remove_contact(session, row.id, by=olav, now=NOW)


def test_a_contact_whose_hours_end_before_they_begin_is_refused(session: Session, cast: Cast, olav: Actor) -> None:
    with pytest.raises(Invalid):
        add_contact(session, HALL, contact(end="12:00"), by=olav, now=NOW)


def photo_of(size: tuple[int, int] = (3000, 1500), kind: str = "JPEG") -> bytes:
    """A photo that says where it was taken and that it lies on its side."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "Kameraet til Kari"
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, kind, exif=exif)
    return out.getvalue()


def empty_png(width: int, height: int) -> bytes:
    """A picture that says how large it is, and holds nothing."""
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = (struct.pack(">I", len(one) - 4) + one + struct.pack(">I", crc32(one)) for one in (header, b"IDAT"))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_is_turned_upright_made_smaller_and_forgets_its_camera(kind: str) -> None:
    found = Image.open(io.BytesIO(pictures.decoded(photo_of(kind=kind))))

    assert (found.format, found.size, dict(found.getexif())) == ("JPEG", (800, 1600), {})


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "photo-missing"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "not-a-photo"),
        (b"GIF89a" + b"\0" * 40, "not-a-photo"),
        (photo_of()[:2000], "not-a-photo"),
        (b"\xff" * (pictures.MOST_BYTES + 1), "file-too-large"),
        (empty_png(60_000, 60_000), "photo-too-large"),
    ],
)
def test_what_is_no_photo_is_refused(body: bytes, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        pictures.decoded(body)

    assert [fault.code for fault in refused.value.faults] == [code]


def test_a_picture_of_absurd_size_is_refused_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "MOST_PIXELS", 1_000_000)

    with pytest.raises(Invalid) as refused:
        pictures.decoded(photo_of())

    assert [fault.code for fault in refused.value.faults] == ["photo-too-large"]


def test_a_photo_hangs_until_it_is_taken_down(session: Session, cast: Cast, olav: Actor, tmp_path: Path) -> None:
    name = pictures.store(tmp_path, pictures.decoded(photo_of()))
    given = PhotoInput(room="gymsal-1", alternative_text="Gymsalen sett fra døra")
    photo = add_photo(session, HALL, given, file=name, by=olav, now=NOW)

    gone = remove_photo(session, photo.id, by=olav, now=NOW)
    pictures.discard(tmp_path, gone.file)

    assert (photo.room_id is not None, list(tmp_path.iterdir())) == (True, [])
