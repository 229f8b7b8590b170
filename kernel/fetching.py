"""Fetching: what others publish by its address, with nothing inside the municipality's own network to be reached by it.

By the standard library, whose connections can be handed a socket: the address that was checked is the one that is spoken to.
No error or log names the address, which is often the only secret that keeps a calendar private.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import quote, urljoin, urlsplit

MOST_BYTES = 10_000_000
MOST_REDIRECTS = 3
DEADLINE = 20.0
CHUNK = 65_536
REDIRECTS = (301, 302, 303, 307, 308)
# Some calendars answer only what calls itself a browser.
WANTS_BROWSER = (403, 406)
OWN, BROWSER = "Arena/1.0 (+{url})", "Mozilla/5.0 (compatible; Arena/1.0; +{url})"
LONGEST_WAIT = 86_400
SAFE = "/%:@!$&'()*+,;=~-._?"
EMBEDDED = tuple(map(ipaddress.IPv6Network, ("64:ff9b::/96", "64:ff9b:1::/48")))
Resolve = Callable[[str, int], list[str]]


class Unfetched(Exception):
    """Why there is nothing, as a code; ``after`` is how long the other side asks to be left alone."""

    def __init__(self, code: str, after: timedelta | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.after = after


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came: the bytes, None where nothing has changed since the copy of the tag or the date that was sent along."""

    data: bytes | None
    etag: str = ""
    modified: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """What was said of the copy that is here, to ask only for another."""

    etag: str = ""
    modified: str = ""


NOTHING = Known()


@dataclass(frozen=True, slots=True)
class Target:
    """Where an address leads: ``path`` is all that is asked for there."""

    scheme: str
    host: str
    port: int
    path: str


def target_of(address: str) -> Target:
    """Read an address; ``webcal`` stands for https. Raises Unfetched (``bad-address``)."""
    try:
        parts = urlsplit(address.strip())
        scheme = {"webcal": "https", "webcals": "https"}.get(parts.scheme, parts.scheme)
        host = (parts.hostname or "").encode("idna").decode().rstrip(".").lower()
        port = parts.port or {"http": 80, "https": 443}.get(scheme, 0)
    except ValueError:
        raise Unfetched("bad-address") from None
    if not (host and port) or parts.username is not None or parts.password is not None:
        raise Unfetched("bad-address")
    query = "?" + quote(parts.query, safe=SAFE) if parts.query else ""
    return Target(scheme, host, port, quote(parts.path or "/", safe=SAFE) + query)


def resolved(host: str, port: int) -> list[str]:
    """The numbers of a name."""
    return [str(one[4][0]) for one in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def is_public(number: str) -> bool:
    """Whether an address is one of the open internet, seen through the forms in which IPv6 wraps IPv4."""
    try:
        found: ipaddress.IPv4Address | ipaddress.IPv6Address = ipaddress.ip_address(number.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (ipaddress.IPv4Address(int(found) & 0xFFFFFFFF) if _embeds(found) else None)
        if inner is None and (found.teredo or int(found) >> 32 == 0):
            return False
        found = inner or found
    return found.is_global and not (found.is_multicast or found.is_reserved or found.is_private)


def _embeds(found: ipaddress.IPv6Address) -> bool:
    return any(found in network for network in EMBEDDED)


@dataclass(frozen=True, slots=True)
class Fetcher:
    """Fetches for one installation: ``inside`` are the names that may be inside its network, ``url`` is whose calls these are,
    ``accept`` what kind of answer is asked for, ``deadline`` how many seconds it may take."""

    url: str
    inside: Collection[str] = ()
    accept: str = "text/calendar, */*;q=0.1"
    deadline: float = DEADLINE
    resolve: Resolve = resolved

    def fetch(self, address: str, known: Known = NOTHING) -> Fetched:
        """What stands at an address, at most ten megabytes however it is packed; raises Unfetched."""
        until = time.monotonic() + self.deadline
        try:
            return self._asked(address, known, OWN, until)
        except Unfetched as refused:
            if refused.code not in {f"status-{status}" for status in WANTS_BROWSER}:
                raise
        return self._asked(address, known, BROWSER, until)

    def _asked(self, address: str, known: Known, agent: str, until: float) -> Fetched:
        target = target_of(address)
        for _redirect in range(MOST_REDIRECTS + 1):
            answer = self._once(target, known, agent.format(url=self.url), until)
            if isinstance(answer, Fetched):
                return answer
            target = answer
        raise Unfetched("too-many-redirects")

    def _once(self, target: Target, known: Known, agent: str, until: float) -> Fetched | Target:
        """One request: what it gives, or where it leads."""
        with self._connected(target, until) as connection:
            connection.request("GET", target.path, headers=self._headers(known, agent))
            answer = connection.getresponse()
            if answer.status in REDIRECTS:
                return _onward(target, answer.getheader("Location") or "")
            if answer.status == 304 and known != NOTHING:
                return Fetched(None, known.etag, known.modified)
            if answer.status != 200:
                raise Unfetched(f"status-{answer.status}", _after(answer.getheader("Retry-After")))
            return Fetched(_body(answer, until), answer.getheader("ETag") or "", answer.getheader("Last-Modified") or "")

    @contextmanager
    def _connected(self, target: Target, until: float) -> Iterator[http.client.HTTPConnection]:
        """A connection to a number that was checked, cut off at the deadline whatever the other side is doing."""
        connection = http.client.HTTPConnection(target.host, target.port)
        raw = self._socket(target, until)
        watch = threading.Timer(max(until - time.monotonic(), 0.0), _cut, [raw])
        watch.daemon = True
        watch.start()
        try:
            connection.sock = raw
            if isinstance(raw, ssl.SSLSocket):
                raw.do_handshake()
            yield connection
        except (OSError, http.client.HTTPException, zlib.error, ValueError) as error:
            raise _told(error, until) from None
        finally:
            watch.cancel()
            connection.close()

    def _socket(self, target: Target, until: float) -> socket.socket:
        if target.scheme not in ("http", "https"):
            raise Unfetched("bad-address")
        if target.host == target_of(self.url).host:
            # What it takes stands in our own feeds, from which it would take it again.
            raise Unfetched("own-address")
        try:
            numbers = self.resolve(target.host, target.port)
        except OSError:
            raise Unfetched("unknown-host") from None
        if not numbers or not (target.host in self.inside or all(map(is_public, numbers))):
            raise Unfetched("inside-address")
        found = _reached(numbers, target.port, until)
        if target.scheme == "http":
            return found
        return ssl.create_default_context().wrap_socket(found, server_hostname=target.host, do_handshake_on_connect=False)

    def _headers(self, known: Known, agent: str) -> dict[str, str]:
        headers = {"User-Agent": agent, "Accept": self.accept, "Accept-Encoding": "gzip", "Connection": "close"}
        headers |= {"If-None-Match": known.etag} if known.etag else {}
        return headers | ({"If-Modified-Since": known.modified} if known.modified else {})


def _reached(numbers: Collection[str], port: int, until: float) -> socket.socket:
    for number in numbers:
        left = until - time.monotonic()
        if left <= 0:
            break
        try:
            found = socket.create_connection((number, port), timeout=left)
        except OSError:
            continue
        found.settimeout(max(until - time.monotonic(), 0.01))
        return found
    raise Unfetched("unreachable" if time.monotonic() < until else "too-slow")


def _cut(raw: socket.socket) -> None:
    """Past what TLS makes of it: another thread may be reading."""
    try:
        socket.socket.shutdown(raw, socket.SHUT_RDWR)
    except OSError:
        return


def _onward(here: Target, location: str) -> Target:
    try:
        onward = target_of(urljoin(f"{here.scheme}://{_written(here)}{here.path}", location))
    except ValueError:
        raise Unfetched("bad-address") from None
    if here.scheme == "https" and onward.scheme != "https":
        raise Unfetched("not-safe-onward")
    return onward


def _written(here: Target) -> str:
    return f"[{here.host}]:{here.port}" if ":" in here.host else f"{here.host}:{here.port}"


def _body(answer: http.client.HTTPResponse, until: float) -> bytes:
    """All of it, unpacked piece by piece, so that what is small when packed never grows past the limit."""
    packing = (answer.getheader("Content-Encoding") or "identity").strip().lower()
    if packing not in ("identity", "gzip", "x-gzip"):
        raise Unfetched("unknown-packing")
    unpack = None if packing == "identity" else zlib.decompressobj(16 + zlib.MAX_WBITS)
    found, came = bytearray(), 0
    while piece := answer.read(CHUNK):
        came += len(piece)
        found += unpack.decompress(piece, MOST_BYTES + 1 - len(found)) if unpack else piece
        if len(found) > MOST_BYTES or came > MOST_BYTES:
            raise Unfetched("too-large")
    if time.monotonic() >= until:
        raise Unfetched("too-slow")
    if answer.length or (unpack and not unpack.eof):
        raise Unfetched("truncated")
    return bytes(found)


def _after(written: str | None) -> timedelta | None:
    """How long to wait, in seconds as most say it."""
    return timedelta(seconds=min(int(written), LONGEST_WAIT)) if written and written.isascii() and written.isdecimal() else None


def _told(error: Exception, until: float) -> Unfetched:
    """What went wrong as a code: the error's own text may name the address."""
    if time.monotonic() >= until or isinstance(error, TimeoutError):
        return Unfetched("too-slow")
    match error:
        case ssl.SSLError():
            return Unfetched("unsafe-connection")
        case http.client.IncompleteRead() | zlib.error():
            return Unfetched("truncated")
        case OSError():
            return Unfetched("unreachable")
        case _:
            return Unfetched("bad-answer")
