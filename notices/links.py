"""Links in notices: what their reader can do without signing in, signed with our key so that no secret is stored."""

from dataclasses import astuple, dataclass
from datetime import UTC, datetime, timedelta

from itsdangerous import BadSignature, URLSafeSerializer

from booking.models import Occurrence, Offer
from database.outbox import Notice
from kernel.errors import Missing, refuse

ACKNOWLEDGING = timedelta(days=7)
CANCELLING = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Link:
    """One thing that one person may do with one row, as it was: ``stamp`` tells when the row is another or has changed."""

    purpose: str
    subject_id: int
    stamp: str
    person_id: int
    expires: int

    @property
    def expires_at(self) -> datetime:
        return datetime.fromtimestamp(self.expires, UTC)


def to_acknowledge(notice: Notice) -> Link:
    """The link by which the reader of a notice says that it was read, for a week."""
    return Link("acknowledge", notice.id, stamp_of(notice), notice.person_id or 0, _seconds(notice.created_at + ACKNOWLEDGING))


def to_cancel(date: Occurrence, notice: Notice) -> Link:
    """The link in a notice by which its reader cancels a date until it begins, for thirty days at most."""
    until = min(date.starts_at, notice.created_at + CANCELLING)
    return Link("cancel", date.id, stamp_of(date), notice.person_id or 0, _seconds(until))


def to_answer(offer: Offer, purpose: str, notice: Notice) -> Link:
    """The link in a notice by which its reader takes what is offered (``accept``) or says no (``decline``), until the offer ends."""
    return Link(purpose, offer.id, stamp_of(offer), notice.person_id or 0, _seconds(offer.expires_at or offer.starts_at))


def to_undo(number: int, person_id: int, until: datetime) -> Link:
    """The link by which who did something by a link takes it back."""
    return Link("undo", number, "", person_id, _seconds(until))


def stamp_of(row: Notice | Occurrence | Offer) -> str:
    """When a row was made, because a restored database gives ids out again, and how often time, place or status changed."""
    made = _seconds(row.created_at)
    return f"{made}.{row.sequence}" if isinstance(row, Occurrence) else str(made)


def path_of(link: Link, secret: str) -> str:
    """The path of the page that the link opens."""
    return f"/answers/{_signer(secret).dumps(astuple(link))}"


def link_of(token: str, secret: str) -> Link:
    """The link that a token stands for; raises Missing (``no-such-link``) for one that we did not make."""
    try:
        return Link(*_signer(secret).loads(token))
    except (BadSignature, ValueError, TypeError):
        raise refuse(Missing, "no-such-link") from None


def _signer(secret: str) -> URLSafeSerializer:
    return URLSafeSerializer(secret, salt="notices.links")


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())
