"""Characters: which signs a text of people may hold, and in which one spelling; pure, by the Unicode data of Python."""

import re
import unicodedata

BREAKS = re.compile(r"\r\n?")
# Joiners that make one emoji of several, or shape letters of Asia; the flags of parts of a country; emoji that are younger than our data.
NEEDED = re.compile(
    "(?<=[^\0-\u058f\u2000-\u206f])[\u200c\u200d](?=[^\0-\u058f\u2000-\u206f])"
    "|\U0001f3f4[\U000e0020-\U000e007e]+\U000e007f"
    "|[\U0001f000-\U0001faff\U0001fc00-\U0001fffd]"
)
# Control, format (which turns text around, or has no width), surrogate, private, unassigned; separators of lines and paragraphs.
UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
# Letters and marks that show nothing (Unicode's Default_Ignorable_Code_Point, without the selectors of variants), and what stands
# in the place of a sign that was lost on the way.
BLANK = set("\ufffd\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0")


def composed(text: str) -> str:
    """The text in the one spelling that is kept and counted: letters composed (Unicode NFC), line breaks as ``\\n``."""
    if text.isascii() and "\r" not in text:
        return text
    return unicodedata.normalize("NFC", BREAKS.sub("\n", text))


def unseen(text: str) -> str:
    """The first sign of a text that does not show, or that turns what stands around it; empty where there is none.

    Breaks of lines and tabs are none of these, nor what emoji and letters are put together with.
    """
    if text.isprintable() and BLANK.isdisjoint(text):
        return ""
    return next(
        (sign for sign in NEEDED.sub("", text) if sign in BLANK or (sign not in "\n\t" and unicodedata.category(sign) in UNSEEN)), ""
    )


def legible(text: str) -> str:
    """The text with a mark (U+FFFD) in the place of each sign that does not show, to be told of."""
    return text if not unseen(text) else "".join("\ufffd" if unseen(sign) else sign for sign in text)
