"""Cache: rendered feeds in memory and in files, rendered once per machine and change, the last good one kept."""

import fcntl
import gzip
import hashlib
import json
import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from calendars.bodies import Rendering

MEGABYTE = 1_000_000
MOST_IN_MEMORY = 48 * MEGABYTE
# Octets that a process keeps of an event beside its text.
EACH_PART = 400
QUICK = 6
# A feed may be asked for from any day to any other: a lock of each would leave a file of each.
LOCKS = 1024
FORGOTTEN = "forgotten"


@dataclass(slots=True)
class Copy:
    """A rendered feed with its entity tag and the time it was first rendered; compressed when that is first asked for."""

    tag: str
    rendered_at: datetime
    rendering: Rendering
    _packed: bytes = b""

    @property
    def body(self) -> bytes:
        return self.rendering.body

    @property
    def packed(self) -> bytes:
        # No time in the header: equal bodies give equal bytes.
        self._packed = self._packed or gzip.compress(self.body, QUICK, mtime=0)
        return self._packed

    @property
    def size(self) -> int:
        return len(self.body) + len(self._packed) + EACH_PART * len(self.rendering.parts)


class Cache:
    """The copies of this process and, under ``folder``, of this machine."""

    def __init__(self, folder: Path, most: int = MOST_IN_MEMORY) -> None:
        self._folder = folder
        self._most = most
        self._copies: OrderedDict[str, Copy] = OrderedDict()
        self._turn = threading.Lock()
        self._forgotten = self._last_forgotten()

    def get(self, key: str, tag: str) -> Copy | None:
        """The copy of a feed with this tag, if this machine has it."""
        copy = self._remembered(key)
        if copy is not None and copy.tag == tag:
            return copy
        _, copy = _read(self._path(key), tag)
        if copy is not None:
            self._remember(key, copy)
        return copy

    def last_good(self, key: str) -> Copy | None:
        """Whatever was rendered last, since somebody was erased."""
        if (forgotten := self._last_forgotten()) != self._forgotten:
            with self._turn:
                self._copies.clear()
                self._forgotten = forgotten
        return self._remembered(key) or _read(self._path(key))[1]

    def forget(self) -> None:
        """Drop all copies, here and in other processes before they hand out an old one: they may tell of somebody who was erased."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Said first: what is being rendered from what was read before is dropped by who renders it (``once``).
        (self._folder / FORGOTTEN).write_text(uuid4().hex)
        for path in self._folder.glob("*.feed"):
            path.unlink(missing_ok=True)

    def filed(self) -> Iterator[tuple[str, Copy, bool]]:
        """All copies that lie in files on this machine, by their keys, and whether the last try to render them anew failed."""
        for path in sorted(self._folder.glob("*.feed")):
            key, copy = _read(path)
            if copy is not None:
                yield key, copy, path.with_suffix(".failed").exists()

    def note_failure(self, key: str) -> None:
        """Remember, until it is rendered again, that a feed could not be: its subscribers get the copy before."""
        self._path(key).with_suffix(".failed").touch(mode=0o600)

    def once(self, key: str, tag: str, render: Callable[[Copy | None], Copy], *, filed: bool) -> Copy:
        """Render a feed unless another thread or process does so meanwhile; ``render`` gets the copy before, to reuse."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self._folder / f"{int(_digest(key)[:6], 16) % LOCKS}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            copy = self.get(key, tag)
            if copy is None:
                forgotten = self._last_forgotten()
                copy = render(self.last_good(key))
                self._remember(key, copy)
                if filed:
                    self._file(key, copy)
                if forgotten != self._last_forgotten():
                    self._drop(key)
            return copy

    def _last_forgotten(self) -> str:
        try:
            return (self._folder / FORGOTTEN).read_text()
        except FileNotFoundError:
            return ""

    def _remembered(self, key: str) -> Copy | None:
        with self._turn:
            if key in self._copies:
                self._copies.move_to_end(key)
            return self._copies.get(key)

    def _remember(self, key: str, copy: Copy) -> None:
        with self._turn:
            self._copies[key] = copy
            self._copies.move_to_end(key)
            while len(self._copies) > 1 and sum(kept.size for kept in self._copies.values()) > self._most:
                self._copies.popitem(last=False)

    def _drop(self, key: str) -> None:
        with self._turn:
            self._copies.pop(key, None)
        self._path(key).unlink(missing_ok=True)

    def _file(self, key: str, copy: Copy) -> None:
        """Write beside its place and move it there: readers see the old copy or the new one."""
        head = json.dumps({"key": key, "tag": copy.tag, "rendered_at": copy.rendered_at.isoformat()})
        unfinished = self._path(key).with_suffix(f".{os.getpid()}-{threading.get_ident()}")
        with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.writelines((head.encode(), b"\n", copy.body))
        unfinished.replace(self._path(key))
        self._path(key).with_suffix(".failed").unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        return self._folder / f"{_digest(key)}.feed"


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:40]


def _read(path: Path, tag: str = "") -> tuple[str, Copy | None]:
    """The key and the copy of a file; no copy where there is none that can be read, or only one with another tag than this."""
    try:
        with path.open("rb") as file:
            told = json.loads(file.readline())
            if tag not in ("", told["tag"]):
                return told["key"], None
            return told["key"], Copy(told["tag"], datetime.fromisoformat(told["rendered_at"]), Rendering(file.read()))
    except (FileNotFoundError, ValueError, KeyError):
        return "", None
