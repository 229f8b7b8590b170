"""A PostgreSQL of our own for as long as it is needed; ``python -m tests.postgres COMMAND …`` runs a command beside it."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psycopg

GIVEN = "TEST_POSTGRES_URL"
HOW = "install it (Debian: apt-get install postgresql) or set TEST_POSTGRES_URL"
STARTING_SECONDS = 30
FORGETFUL = ("-F", "-c", "full_page_writes=off")
OPTIONS = (
    "-c",
    "max_connections=200",
    "-c",
    "shared_buffers=128MB",
    "-c",
    "listen_addresses=127.0.0.1",
)


def binaries() -> Path | None:
    """The folder with initdb and postgres, the newest where there are several."""
    version = [folder for folder in Path("/usr/lib/postgresql").glob("*/bin") if (folder / "initdb").exists()]
    if version:
        return max(version, key=lambda folder: int(folder.parent.name))
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


def is_available() -> bool:
    """Whether tests can have a PostgreSQL, given or started here."""
    return bool(os.environ.get(GIVEN)) or binaries() is not None


@contextmanager
def server(*, durability: Sequence[str] = FORGETFUL) -> Iterator[str]:
    """The URL of a server where databases may be made and dropped: the given one, or one that ends with the block.

    Its commits are not durable, which no test can tell and every test is faster for; measurements give ``()``.
    """
    if given := os.environ.get(GIVEN):
        yield given
        return
    folder = Path(tempfile.mkdtemp(prefix="arena-postgres-"))
    port = free_port()
    try:
        process = _start(folder, port, durability)
        try:
            _wait(process, port, folder)
            yield f"postgresql+psycopg://postgres@127.0.0.1:{port}/postgres"
        finally:
            process.send_signal(signal.SIGINT)  # "fast": does not wait for clients
            process.wait(timeout=STARTING_SECONDS)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def free_port() -> int:
    """A port on the loopback that nobody listens on at this moment."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def _start(folder: Path, port: int, durability: Sequence[str]) -> "subprocess.Popen[bytes]":
    programs = binaries()
    if programs is None:
        raise SystemExit(f"PostgreSQL is not installed here: {HOW}")
    hand = _unprivileged(folder)
    subprocess.run(
        [*hand, programs / "initdb", "-D", folder / "data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"],
        check=True,
        cwd=folder,
        stdout=subprocess.DEVNULL,
    )
    # The server ends with us, however we end.
    dying = ["setpriv", "--pdeathsig", "INT"] if shutil.which("setpriv") else []
    hand = [*hand, *dying[1:]] if hand else dying
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(
            [*hand, programs / "postgres", "-D", folder / "data", "-p", str(port), "-k", folder, *durability, *OPTIONS],
            cwd=folder,
            stdout=log,
            stderr=log,
        )


def _unprivileged(folder: Path) -> list[str]:
    """What to put before a command so that root does not run it: PostgreSQL refuses to."""
    if os.geteuid() != 0:
        return []
    user = next(entry for entry in pwd.getpwall() if entry.pw_name in ("postgres", "nobody"))
    os.chown(folder, user.pw_uid, user.pw_gid)
    return ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]


def _wait(process: "subprocess.Popen[bytes]", port: int, folder: Path) -> None:
    give_up = time.monotonic() + STARTING_SECONDS
    while process.poll() is None and time.monotonic() < give_up:
        try:
            psycopg.connect(host="127.0.0.1", port=port, user="postgres", dbname="postgres").close()
            return
        except psycopg.OperationalError:
            time.sleep(0.05)
    raise SystemExit(f"PostgreSQL did not start:\n{(folder / 'log').read_text()}")


if __name__ == "__main__":
    with server() as url:
        sys.exit(subprocess.run(sys.argv[1:], env=os.environ | {GIVEN: url}, check=False).returncode)
