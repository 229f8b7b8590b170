"""A mail server on the loopback: speaks as much of SMTP (RFC 5321) as smtplib asks for, and fails as it is told."""

import socketserver
import threading
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from types import TracebackType
from typing import Self


class MailServer:
    """Takes mails; ``refused`` holds addresses that it does not take, ``drops`` those at which it hangs up."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.refused: set[str] = set()
        self.drops: set[str] = set()
        self.greetings = 0
        self._server = _Listener(("127.0.0.1", 0), _Talk)
        self._server.owner = self
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self._server.server_address[1]}"

    @property
    def told(self) -> list[tuple[str, str]]:
        """To whom, and the subject, of what was taken."""
        return [(mail["To"], mail["Subject"]) for mail in self.mails]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Listener(socketserver.ThreadingTCPServer):
    daemon_threads = True
    owner: MailServer


class _Talk(socketserver.StreamRequestHandler):
    """One connection."""

    server: _Listener

    def handle(self) -> None:
        self.server.owner.greetings += 1
        self.say("220 here")
        while line := self.rfile.readline():
            if not self.answer(line.decode().strip().lower()):
                return

    def answer(self, words: str) -> bool:
        """Whether the talk goes on."""
        if words.startswith("rcpt"):
            return self.recipient(words)
        if words == "data":
            self.take()
        else:
            self.say("221 bye" if words == "quit" else "250 good")
        return words != "quit"

    def recipient(self, words: str) -> bool:
        owner = self.server.owner
        if any(address in words for address in owner.drops):
            return False
        self.say("550 no such mailbox" if any(address in words for address in owner.refused) else "250 good")
        return True

    def take(self) -> None:
        self.say("354 go on")
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        self.server.owner.mails.append(message_from_bytes(b"".join(lines), policy=default))
        self.say("250 taken")

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())
