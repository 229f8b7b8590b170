"""Processes of their own for tests: forked from one that has the program imported already, which takes each of them seconds."""

from multiprocessing import get_context

PROCESSES = get_context("forkserver")
PROCESSES.set_forkserver_preload(["app", "gunicorn.app.wsgiapp", "tests.booking.conftest"])
