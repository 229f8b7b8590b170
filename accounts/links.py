"""Links sent by mail: a token is the row's id and what the row says, signed, so that no secret is stored."""

from typing import TypeVar

from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy.orm import Session

from accounts.models import Invitation, ProofLink
from kernel.errors import Missing, refuse

Link = TypeVar("Link", ProofLink, Invitation)


def path_for(row: ProofLink | Invitation, secret: str) -> str:
    """The path of the page that the link opens."""
    return f"/{'links' if isinstance(row, ProofLink) else 'invitations'}/{token_for(row, secret)}"


def token_for(row: ProofLink | Invitation, secret: str) -> str:
    """The token in the link; address and time are signed too, because a restored database gives ids out again."""
    return _signer(type(row), secret).dumps([row.id, row.email, int(row.created_at.timestamp())])


def row_of(session: Session, kind: type[Link], token: str, secret: str) -> Link:
    """The row that a token stands for; raises Missing (``no-such-link``) for one that we did not make."""
    try:
        row_id, email, created = _signer(kind, secret).loads(token)
    except (BadSignature, ValueError):
        raise refuse(Missing, "no-such-link") from None
    row = session.get(kind, row_id)
    if row is None or (row.email, int(row.created_at.timestamp())) != (email, created):
        raise refuse(Missing, "no-such-link")
    return row


def _signer(kind: type[ProofLink] | type[Invitation], secret: str) -> URLSafeSerializer:
    return URLSafeSerializer(secret, salt=f"accounts.{kind.__tablename__}")
