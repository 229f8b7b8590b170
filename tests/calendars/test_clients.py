"""Clients are known by what they call themselves, and what a device has by its browser."""

import pytest

from calendars.clients import Client, device_of, name_of

IPAD = "Mozilla/5.0 (iPad; CPU OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1"
SAMSUNG = (
    "Mozilla/5.0 (Linux; Android 16; K) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/29.0 Chrome/136.0.0.0 Mobile Safari/537.36"
)
EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0"
LINUX = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Google-Calendar-Importer", "Google Kalender"),
        ("iOS/26.0 (23A341) dataaccessd/1.0", "Apple Kalender"),
        ("macOS/15.6 (24G84) CalendarAgent/1.0", "Apple Kalender"),
        ("ICSx5/2.3.1 (ktor) Android/16", "ICSx⁵ på Android"),
        ("Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.17328; Pro)", "Outlook, klassisk"),
        ("Microsoft.Exchange/15.20 (Outlook-CalendarSync)", "Outlook, ny og på nettet"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Thunderbird/140.4.0", "Thunderbird"),
        ("Nextcloud Webcal Service", "Nextcloud"),
        ("HomeAssistant/2026.11.0 httpx/0.28.1 Python/3.13", "Home Assistant"),
        ("vdirsyncer/0.21.0", "vdirsyncer"),
        (EDGE, "en nettleser"),
        ("x" * 500, "x" * 40),
        ("/1.0", "ukjent program"),
        ("", "ukjent program"),
    ],
)
def test_a_client_is_called_what_people_call_it(agent, name):
    assert name_of(agent) == name


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        (IPAD, ("iPad", (Client.APPLE,))),
        (SAMSUNG, ("Android", (Client.ICSX5, Client.GOOGLE))),
        (EDGE, ("PC", (Client.OUTLOOK, Client.CLASSIC))),
        (LINUX, ("", ())),
    ],
)
def test_a_device_has_its_own_clients(agent, device):
    assert device_of(agent) == device
