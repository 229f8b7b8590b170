"""Addresses: a feed's address in the forms that calendar programmes want it in, and as a picture for a telephone."""

from dataclasses import dataclass
from urllib.parse import quote

import segno


@dataclass(frozen=True, slots=True)
class Subscribing:
    """The ways to subscribe to one address: ``webcal`` opens Apple's and other programmes, ``google`` Google's page
    (which wants the webcal form), ``picture`` is a QR code as a data address."""

    address: str
    webcal: str
    google: str
    picture: str


def subscribing(address: str) -> Subscribing:
    """All forms of an address (``https://…/….ics``)."""
    webcal = "webcal:" + address.partition(":")[2]
    google = "https://calendar.google.com/calendar/r?cid=" + quote(webcal, safe="")
    return Subscribing(address, webcal, google, segno.make(address, micro=False).svg_data_uri(scale=4, dark="#000", light="#fff"))


def private_address(public_url: str, token: str) -> str:
    """The address of a private feed."""
    return f"{public_url}/calendars/private/{token}.ics"
