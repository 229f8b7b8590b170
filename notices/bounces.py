"""Bounces: reports of mail servers that a mail of ours was not delivered (RFC 3464), read from whoever sends us something."""

import hmac
import re
from collections.abc import Iterator
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32
from hashlib import sha256

from database.outbox import Notice

# Reports begin with what failed; what follows is the mail that came back, of which the head is enough.
MOST_BYTES = 64_000
MOST_PARTS = 10
OURS = re.compile(rb"notice-([0-9]{1,9})\.([0-9]{1,12})\.([0-9a-f]{16})@")


def name_of(notice: Notice, secret: str) -> str:
    """The left side of a notice's Message-ID: from the row, and signed, so that nobody can report what was not sent to them."""
    name = f"{notice.id}.{int(notice.created_at.timestamp())}"
    return f"notice-{name}.{_signature(name, secret)}"


def bounced(raw: bytes, secret: str) -> tuple[int, int] | None:
    """The notice that a report says did not arrive, by id and second of its creation; None for every other mail.

    Nothing in it is trusted: it is read up to a bound, and what cannot be read is no report.
    """
    head = raw[:MOST_BYTES]
    found = next((match for match in OURS.finditer(head) if _is_signed(match, secret)), None)
    if found is None or not _tells_failure(head):
        return None
    return int(found[1]), int(found[2])


def _tells_failure(raw: bytes) -> bool:
    try:
        mail = BytesParser(policy=compat32).parsebytes(raw)
        return any(str(block.get("Action", "")).strip().lower() == "failed" for block in _blocks(mail))
    except (RecursionError, ValueError, LookupError, TypeError, AttributeError):
        # What the parser of the standard library stumbles over was written to make it stumble.
        return False


def _blocks(mail: Message) -> Iterator[Message]:
    """What a report says of its recipients (RFC 3464 2.3)."""
    if mail.get_content_type() != "multipart/report" or not mail.is_multipart():
        return
    for part in _parts(mail):
        if part.get_content_type() in ("message/delivery-status", "message/global-delivery-status"):
            yield from _parts(part)


def _parts(mail: Message) -> list[Message]:
    found = mail.get_payload()
    return [part for part in found[:MOST_PARTS] if isinstance(part, Message)] if isinstance(found, list) else []


def _is_signed(match: re.Match[bytes], secret: str) -> bool:
    return hmac.compare_digest(_signature(f"{int(match[1])}.{int(match[2])}", secret).encode(), match[3])


def _signature(name: str, secret: str) -> str:
    return hmac.new(secret.encode(), f"notices.bounces {name}".encode(), sha256).hexdigest()[:16]
