"""References: a short name for each case that one can say aloud and hear rightly."""

import secrets

SYLLABLES = [consonant + vowel for consonant in "BDFGKLMNPRSTV" for vowel in "AEIOU"]


def new_reference() -> str:
    """Three syllables and three digits, one of 247 million: ``BAKOLI-274``."""
    left, number = divmod(secrets.randbelow(len(SYLLABLES) ** 3 * 900), 900)
    first, left = divmod(left, len(SYLLABLES) ** 2)
    second, third = divmod(left, len(SYLLABLES))
    return f"{SYLLABLES[first]}{SYLLABLES[second]}{SYLLABLES[third]}-{number + 100}"


def normalised(text: str) -> str:
    """A reference as people type it (``bakoli 274``) in the form in which it is stored."""
    letters = "".join(sign for sign in text.upper() if sign.isascii() and sign.isalnum())
    return f"{letters[:-3]}-{letters[-3:]}"
