"""``python -m bench.dav FOLDER PORT``: Radicale on the collections of a folder, in a process that has nothing of ours in its memory."""

import sys
from pathlib import Path

import radicale.config
import radicale.server
from radicale.config import Configuration


def configured(folder: Path) -> Configuration:
    """As its own command configures it, but without the flushes of the disk for which there is no option."""
    given = radicale.config.load()
    storage = {"filesystem_folder": str(folder), "_filesystem_fsync": "False"}
    given.update({"storage": storage, "auth": {"type": "none"}, "logging": {"level": "error"}}, "bench", privileged=True)
    return given


def main(folder: str, port: str) -> None:
    """Serve a folder."""
    given = configured(Path(folder))
    given.update({"server": {"hosts": f"127.0.0.1:{port}", "timeout": "900"}}, "bench", privileged=True)
    radicale.server.serve(given)


if __name__ == "__main__":
    main(*sys.argv[1:])
