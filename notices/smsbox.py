"""Smsboxes: the ways short messages leave. There is one, into a folder of files; a gateway's adapter has the same two names."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from notices.postbox import Undelivered
from settings import Settings

# Mobile numbers in Norway begin with 4 or 9 (the numbering plan of Nkom); to others we send nothing.
MOBILE = re.compile(r"\+47[49][0-9]{7}")


@dataclass(frozen=True, slots=True)
class Sms:
    """A short message: ``key`` is the same when the same one is sent twice."""

    number: str
    text: str
    key: str


class SmsBox(Protocol):
    """Takes short messages."""

    def send(self, sms: Sms) -> None:
        """Hand it over; raises Undelivered."""
        ...


def smsbox_of(settings: Settings) -> SmsBox | None:
    """``file://`` into a folder; None where no short messages are sent."""
    return FileSmsBox(Path(unquote(urlsplit(settings.sms_url).path))) if settings.sms_url else None


class FileSmsBox:
    """A folder in which each short message is a file: the number, then the text."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, sms: Sms) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            (self._folder / f"{sms.key}.txt").write_text(f"{sms.number}\n{sms.text}\n", encoding="utf-8")
        except OSError as error:
            raise Undelivered(type(error).__name__) from error
