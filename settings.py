"""Settings: everything the process takes from its environment, read once at start."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent
CLASSES = ROOT / "accounts" / "register" / "classes.toml"
ORIGIN = re.compile(r"https?://(\*\.)?[a-z0-9.-]+(:\d{1,5})?$")


@dataclass(frozen=True, slots=True)
class Settings:
    """What differs between installations; there is no working default secret outside the demo.

    ``public_url`` stands in mails, feeds and links; ``mail_url`` is ``smtp://[user:pass@]host:port`` or
    ``file:///folder`` (the demo); ``mail_from`` the sender of every mail; ``sms_url`` is ``file:///folder`` or empty, which
    sends no short messages; ``bounces`` the Maildir into which a mail server puts what comes back; ``incoming_hosts`` the names on
    the municipality's own network from which calendars may be fetched; ``feed_cancelled_days`` for how long calendars tell of a
    cancelled date; ``register_url`` the address of the registers of Brønnøysund (``https://data.brreg.no``), which are not asked where
    it is empty, ``register_classes`` a file of what follows from them instead of ours; ``delegation_months`` after how many months
    without use nobody acts for an organisation any more; ``embed_in`` the origins whose pages may frame the list of what is on (``https://www.example.no
    https://*.example.no``); ``payments`` the service through which private people pay (``package.module:name``, no way to pay when empty).
    """

    database_url: str
    secret_key: str
    public_url: str = "http://127.0.0.1:8000"
    instance: Path = ROOT / "instance"
    demo: bool = False
    mail_url: str = ""
    mail_from: str = "arena@example.org"
    sms_url: str = ""
    bounces: Path | None = None
    trusted_proxies: int = 0
    metrics_open: bool = False
    map_tiles: bool = False
    feed_gzip: bool = True
    embed_in: str = ""
    incoming_hosts: frozenset[str] = frozenset()
    feed_cancelled_days: int = 14
    register_url: str = ""
    register_classes: Path = CLASSES
    delegation_months: int = 18
    payments: str = ""

    def __post_init__(self) -> None:
        if len(self.secret_key) < 16:
            raise SystemExit("SECRET_KEY is missing or shorter than 16 characters: set it, or start the demo with DEMO=1")
        if self.sms_url and not self.sms_url.startswith("file:"):
            raise SystemExit("SMS_URL is not file:///folder: no other way for short messages is built in")

        if bad := [one for one in self.embed_in.split() if not ORIGIN.match(one)]:
            raise SystemExit(f"EMBED_IN: {bad[0]} is no origin: write https://www.example.no, several with blanks between")

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> "Settings":
        """Read DATABASE_URL, SECRET_KEY, PUBLIC_URL, INSTANCE, DEMO, MAIL_URL, MAIL_FROM, SMS_URL, BOUNCES, EMBED_IN,
        INCOMING_HOSTS, REGISTER_URL, REGISTER_CLASSES, DELEGATION_MONTHS, PAYMENTS and the switches."""
        demo = environ.get("DEMO") == "1"
        instance = Path(environ.get("INSTANCE", ROOT / "instance")).absolute()
        instance.mkdir(parents=True, exist_ok=True)
        port = environ.get("PORT", "8000")
        return cls(
            database_url=database_url(environ, instance),
            secret_key=environ.get("SECRET_KEY") or ("only-for-the-demo-on-this-machine" if demo else ""),
            public_url=environ.get("PUBLIC_URL", f"http://127.0.0.1:{port}").rstrip("/"),
            instance=instance,
            demo=demo,
            mail_url=environ.get("MAIL_URL", f"file://{instance / 'mail'}"),
            mail_from=environ.get("MAIL_FROM", "arena@example.org"),
            sms_url=environ.get("SMS_URL", f"file://{instance / 'sms'}" if demo else ""),
            bounces=Path(environ["BOUNCES"]) if environ.get("BOUNCES") else None,
            trusted_proxies=int(environ.get("TRUSTED_PROXIES", "0")),
            metrics_open=environ.get("METRICS_OPEN") == "1",
            map_tiles=environ.get("MAP_TILES") == "1",
            feed_gzip=environ.get("FEED_GZIP", "1") != "0",
            embed_in=environ.get("EMBED_IN", ""),
            incoming_hosts=frozenset(environ.get("INCOMING_HOSTS", "").lower().replace(",", " ").split()),
            feed_cancelled_days=int(environ.get("FEED_CANCELLED_DAYS", "14")),
            register_url=environ.get("REGISTER_URL", ""),
            register_classes=Path(environ.get("REGISTER_CLASSES") or CLASSES),
            delegation_months=int(environ.get("DELEGATION_MONTHS", "18")),
            payments=environ.get("PAYMENTS", ""),
        )


def database_url(environ: Mapping[str, str], instance: Path) -> str:
    """DATABASE_URL with the driver we use; SQLite in the instance folder when it is not set."""
    url = environ.get("DATABASE_URL") or f"sqlite:///{instance / 'arena.sqlite'}"
    for given in ("postgres://", "postgresql://"):
        if url.startswith(given):
            return "postgresql+psycopg://" + url.removeprefix(given)
    return url
