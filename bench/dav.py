"""``python -m bench.dav FOLDER PORT``: Radicale on the collections of a folder, in a process that has nothing of ours in its memory."""

import sys

import radicale.config
import radicale.server


def main(folder: str, port: str) -> None:
    """As its own command does, but without the flushes of the disk for which there is no option."""
    given = radicale.config.load()
    storage = {"filesystem_folder": folder, "_filesystem_fsync": "False"}
    server = {"hosts": f"127.0.0.1:{port}", "timeout": "900"}
    given.update({"storage": storage, "server": server, "auth": {"type": "none"}, "logging": {"level": "error"}}, "bench", privileged=True)
    radicale.server.serve(given)


if __name__ == "__main__":
    main(*sys.argv[1:])
