"""The client: asks the registers over the net, within bounds, for what ``reading`` reads; what is asked for is public and needs no key."""

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

from accounts.register.reading import EntryState, Roles, Unit, Unreadable, Voluntary, roles_of, unit_of, voluntary_of
from kernel.fetching import Fetcher, Resolve, Unfetched, resolved, target_of

UNITS, VOLUNTARY = "/enhetsregisteret/api", "/frivillighetsregisteret/api"
ABSENT = ("status-404", "status-410")
MOST_FOUND, MOST_CHANGES = 20, 1000
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Changes:
    """The numbers of whom something changed, and the number of the last change; whether there may be ``more``."""

    numbers: frozenset[str]
    last: int | None
    more: bool


@dataclass(frozen=True, slots=True)
class Client:
    """Asks the registers at an address. All its questions raise Unfetched: also ``bad-answer`` for what cannot be read."""

    url: str
    fetcher: Fetcher

    def unit(self, number: str) -> Unit:
        """An organisation or sub-unit; its state says when no register knows the number."""
        for kind in ("enheter", "underenheter"):
            try:
                return self._read(f"{UNITS}/{kind}/{number}", unit_of)
            except Unfetched as failure:
                if failure.code == "status-410":
                    return Unit(number, state=EntryState.DELETED)
                if failure.code != "status-404":
                    raise
        return Unit(number, state=EntryState.UNKNOWN)

    def subunits(self, number: str) -> list[Unit]:
        """The sub-units of an organisation, a hundred at most."""
        return self._listed(f"{UNITS}/underenheter?{urlencode({'overordnetEnhet': number, 'size': 100})}", "underenheter")

    def named(self, name: str, municipality: str = "") -> list[Unit]:
        """Organisations by a part of their name, in a municipality where one is given, twenty at most."""
        wanted = {"navn": name, "size": MOST_FOUND} | ({"kommunenummer": municipality} if municipality else {})
        return self._listed(f"{UNITS}/enheter?{urlencode(wanted, quote_via=quote)}", "enheter")

    def roles(self, number: str) -> Roles:
        """Who holds the roles of an organisation; nobody where it has none."""
        return self._unless_absent(f"{UNITS}/enheter/{number}/roller", lambda row: roles_of(number, row)) or Roles(number)

    def voluntary(self, number: str) -> Voluntary:
        """What Frivillighetsregisteret says of an organisation; no category where it does not stand there."""
        path = f"{VOLUNTARY}/frivillige-organisasjoner/{number}"
        return self._unless_absent(path, lambda row: voluntary_of(number, row)) or Voluntary(number)

    def changed_units(self, after: int | None, since: datetime) -> Changes:
        """Whose entry changed after a change, or since a moment where none is known yet."""
        begin = {"oppdateringsid": after + 1} if after is not None else {"dato": f"{since:%Y-%m-%dT%H:%M:%S.000Z}"}
        path = f"{UNITS}/oppdateringer/enheter?{urlencode({**begin, 'size': MOST_CHANGES})}"
        return self._read(path, lambda row: _changes(_embedded(row, "oppdaterteEnheter"), lambda one: one, "oppdateringsid", after))

    def changed_roles(self, after: int | None, since: datetime) -> Changes:
        """Whose roles changed, likewise."""
        begin = {"afterId": after} if after is not None else {"afterTime": f"{since:%Y-%m-%dT%H:%M:%S.000Z}"}
        path = f"{UNITS}/oppdateringer/roller?{urlencode({**begin, 'size': MOST_CHANGES})}"
        return self._read(path, lambda rows: _changes(rows, lambda one: one["data"], "id", after))

    def _listed(self, path: str, name: str) -> list[Unit]:
        return self._read(path, lambda row: [unit_of(one) for one in _embedded(row, name)])

    def _unless_absent(self, path: str, read: Callable[[Any], T]) -> T | None:
        try:
            return self._read(path, read)
        except Unfetched as failure:
            if failure.code in ABSENT:
                return None
            raise

    def _read(self, path: str, read: Callable[[Any], T]) -> T:
        fetched = self.fetcher.fetch(self.url.rstrip("/") + path)
        try:
            return read(json.loads(fetched.data or b""))
        except (Unreadable, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise Unfetched("bad-answer") from None


def client_for(url: str, own: str, *, resolve: Resolve = resolved) -> Client | None:
    """The client of an installation whose address is ``own``; None without the address of a register.

    The register may be inside the network, for who runs the service said where it is.
    """
    if not url:
        return None
    inside: Collection[str] = {target_of(url).host}
    return Client(url, Fetcher(own, inside, accept="application/json", deadline=10.0, resolve=resolve))


def hurried(client: Client) -> Client:
    """The client for a page that somebody waits for."""
    return replace(client, fetcher=replace(client.fetcher, deadline=min(3.0, client.fetcher.deadline)))


def _embedded(row: Any, name: str) -> list[Any]:
    """The rows of an answer in HAL; none where it holds none."""
    found = row.get("_embedded", {}).get(name, [])
    if not isinstance(found, list):
        raise Unreadable(name)
    return found


def _changes(rows: Any, where: Callable[[Any], Any], key: str, after: int | None) -> Changes:
    if not isinstance(rows, list):
        raise Unreadable(key)
    numbers = frozenset(str(where(one)["organisasjonsnummer"]) for one in rows)
    last = max((int(one[key]) for one in rows), default=after)
    return Changes(numbers, last, more=len(rows) >= MOST_CHANGES)
