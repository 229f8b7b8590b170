"""Addresses: a feed's address in the forms that calendar programmes want it in, and as a picture for a telephone."""

from dataclasses import dataclass
from urllib.parse import quote, urlencode

import segno


@dataclass(frozen=True, slots=True)
class Subscribing:
    """The ways to subscribe to one address.

    ``webcal`` opens Apple's and other programmes. ``plain_webcal`` keeps the whole address behind the colon, for the new Outlook
    shows what is left of the other one as no address at all. ``google`` wants the webcal form, ``office`` and ``outlook``
    (Microsoft's pages for work and for home) do not. ``picture`` is a QR code as a data address.
    """

    address: str
    webcal: str
    plain_webcal: str
    google: str
    office: str
    outlook: str
    picture: str


def subscribing(address: str, name: str, *, pictured: str = "") -> Subscribing:
    """All forms of an address (``https://…/….ics``); the picture shows ``pictured``, else the form that opens a calendar."""
    webcal = "webcal:" + address.partition(":")[2]
    on_the_web = "calendar/0/addfromweb?" + urlencode({"url": address, "name": name}, quote_via=quote, safe="")
    return Subscribing(
        address=address,
        webcal=webcal,
        plain_webcal=f"webcal:{address}",
        google="https://calendar.google.com/calendar/r?cid=" + quote(webcal, safe=""),
        office=f"https://outlook.office.com/{on_the_web}",
        outlook=f"https://outlook.live.com/{on_the_web}",
        picture=segno.make(pictured or webcal, micro=False).svg_data_uri(scale=4, dark="#000", light="#fff"),
    )


def private_address(public_url: str, token: str) -> str:
    """The address of a private feed."""
    return f"{public_url}/calendars/private/{token}.ics"
