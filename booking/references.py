"""References: a short name for each case that one can say aloud and hear rightly."""

import secrets

CONSONANTS = "bdfgklmnprstv"
VOWELS = "aeiou"


def new_reference() -> str:
    """Three syllables and three digits, one of 247 million: ``BAKOLI-274``."""
    word = "".join(secrets.choice(CONSONANTS) + secrets.choice(VOWELS) for _ in range(3))
    return f"{word}-{secrets.randbelow(900) + 100}".upper()


def normalised(text: str) -> str:
    """A reference as people type it (``bakoli 274``) in the form in which it is stored."""
    letters = "".join(sign for sign in text.upper() if sign.isascii() and sign.isalnum())
    return f"{letters[:-3]}-{letters[-3:]}"
