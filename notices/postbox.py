"""Postboxes: the ways mail leaves, to a mail server or, in the demo, into a folder of files."""

import smtplib
import ssl
from email.message import EmailMessage
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self
from urllib.parse import unquote, urlsplit

import structlog

from settings import Settings

SMTP_SECONDS = 20

log = structlog.get_logger(__name__)


class Undelivered(Exception):
    """This mail was not taken; says why by the kind of the error, which names no person."""


class Postbox(Protocol):
    """Takes mails one after another while it is open."""

    def is_reached(self) -> bool:
        """Whether mail can leave now; asked before each mail, so that nothing is held against a mail when it cannot."""
        ...

    def send(self, mail: EmailMessage) -> None:
        """Hand the mail over; raises Undelivered."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None: ...


def postbox_of(settings: Settings) -> Postbox:
    """``smtp://`` or ``smtp+tls://`` to a server, ``file://`` into a folder."""
    if settings.mail_url.startswith("file:"):
        return FilePostbox(Path(unquote(urlsplit(settings.mail_url).path)))
    return ServerPostbox(settings.mail_url)


class ServerPostbox:
    """A mail server; the connection is made for the first mail, and made anew after one that was not taken."""

    def __init__(self, url: str) -> None:
        self._parts = urlsplit(url)
        self._server: smtplib.SMTP | None = None

    def is_reached(self) -> bool:
        if self._server is None:
            try:
                self._server = self._connected()
            except (smtplib.SMTPException, OSError) as error:
                log.warning("mail server not reached", error=type(error).__name__)
                return False
        return True

    def send(self, mail: EmailMessage) -> None:
        if not self.is_reached() or self._server is None:
            raise Undelivered("mail server not reached")
        try:
            self._server.send_message(mail)
        except (smtplib.SMTPException, OSError) as error:
            self._leave()
            raise Undelivered(type(error).__name__) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._leave()

    def _connected(self) -> smtplib.SMTP:
        server = smtplib.SMTP(self._parts.hostname or "127.0.0.1", self._parts.port or 25, timeout=SMTP_SECONDS)
        try:
            if self._parts.scheme == "smtp+tls":
                # Without a context of its own smtplib asks for no certificate, and hands the password to anybody.
                server.starttls(context=ssl.create_default_context())
            if self._parts.username:
                server.login(unquote(self._parts.username), unquote(self._parts.password or ""))
        except (smtplib.SMTPException, OSError):
            server.close()
            raise
        return server

    def _leave(self) -> None:
        server, self._server = self._server, None
        if server is None:
            return
        try:
            server.quit()
        except (smtplib.SMTPException, OSError):
            server.close()


class FilePostbox:
    """A folder in which each mail is a file, named after the notice that it tells."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def is_reached(self) -> bool:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            log.warning("mail folder not reached", error=type(error).__name__)
            return False
        return True

    def send(self, mail: EmailMessage) -> None:
        name = str(mail["Message-ID"]).strip("<>").partition("@")[0]
        try:
            (self._folder / f"{name}.eml").write_bytes(mail.as_bytes())
        except OSError as error:
            raise Undelivered(type(error).__name__) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        return None
