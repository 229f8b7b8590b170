"""Texts for people: the mark of those that stand in code, the order of those that are listed, and a sign of what was shown."""

from hashlib import sha256

LAST_LETTERS = str.maketrans({"æ": "{", "ä": "{", "ø": "|", "ö": "|", "å": "}", "é": "e", "ü": "y"})


def order_of(text: str) -> str:
    """What to sort texts by as a Norwegian dictionary does: æ, ø and å after z, capitals as small letters."""
    return text.casefold().translate(LAST_LETTERS)


def sign_of(text: str) -> str:
    """A short sign of what somebody was shown, by which one knows whether it is the same still."""
    return sha256(text.encode()).hexdigest()[:16]


def marked(msgid: str) -> str:
    """Marks a msgid for extraction (``from kernel.texts import marked as _``); it is translated where it is shown."""
    return msgid
