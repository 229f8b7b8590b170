"""Clients: the calendar programmes that people use, as they name themselves, and which of them a device has."""

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum

from kernel.texts import marked as _


class Client(StrEnum):
    """OUTLOOK is the new one, on the web and in Windows: Microsoft's servers fetch for it. CLASSIC fetches by itself."""

    APPLE = "apple"
    ICSX5 = "icsx5"
    GOOGLE = "google"
    OUTLOOK = "outlook"
    CLASSIC = "outlook-classic"
    THUNDERBIRD = "thunderbird"
    NEXTCLOUD = "nextcloud"
    HOME_ASSISTANT = "home-assistant"


NAMES: Mapping[Client, str] = {
    Client.APPLE: _("Apple Kalender"),
    Client.ICSX5: _("ICSx⁵ på Android"),
    Client.GOOGLE: _("Google Kalender"),
    Client.OUTLOOK: _("Outlook, ny og på nettet"),
    Client.CLASSIC: _("Outlook, klassisk"),
    Client.THUNDERBIRD: _("Thunderbird"),
    Client.NEXTCLOUD: _("Nextcloud"),
    Client.HOME_ASSISTANT: _("Home Assistant"),
}
BROWSER, NO_NAME = _("en nettleser"), _("ukjent program")
# In the order in which they are looked for: Exchange speaks of Outlook too.
AGENTS: Sequence[tuple[re.Pattern[str], Client]] = [
    (re.compile(words, re.I), client)
    for words, client in (
        (r"Google-Calendar", Client.GOOGLE),
        (r"ICSx5|icsdroid", Client.ICSX5),
        (r"dataaccessd|CalendarAgent|iCal/|calaccessd|CalendarStore", Client.APPLE),
        (r"Thunderbird|Lightning", Client.THUNDERBIRD),
        (r"Nextcloud", Client.NEXTCLOUD),
        (r"HomeAssistant", Client.HOME_ASSISTANT),
        (r"Microsoft Office|Microsoft Outlook|MSOffice", Client.CLASSIC),
        (r"Exchange|Outlook", Client.OUTLOOK),
    )
]
# What stands in the User-Agent of a device's browser, what the device is called, and its clients, the best first.
DEVICES: Sequence[tuple[str, str, tuple[Client, ...]]] = (
    ("iPhone", "iPhone", (Client.APPLE,)),
    ("iPad", "iPad", (Client.APPLE,)),
    ("Macintosh", "Mac", (Client.APPLE,)),
    ("Android", "Android", (Client.ICSX5, Client.GOOGLE)),
    ("Windows", "PC", (Client.OUTLOOK, Client.CLASSIC)),
)
LONGEST_NAME = 40


def client_of(agent: str) -> Client | None:
    """The client of a User-Agent, as far as we know it."""
    return next((client for words, client in AGENTS if words.search(agent)), None)


def name_of(agent: str) -> str:
    """What people call the client of a User-Agent: a text to translate, or what it calls itself."""
    client = client_of(agent)
    if client is not None:
        return NAMES[client]
    if agent.startswith("Mozilla/"):
        return BROWSER
    return re.split(r"[/\s]", agent.strip(), maxsplit=1)[0][:LONGEST_NAME] or NO_NAME


def device_of(agent: str) -> tuple[str, tuple[Client, ...]]:
    """What the device of a browser is called, and the clients that it has most likely; nothing for one that we do not know."""
    return next(((name, clients) for word, name, clients in DEVICES if word in agent), ("", ()))
