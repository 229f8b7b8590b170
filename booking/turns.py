"""Turns: one piece of periodic work, whose failure is told in the log and stops nothing else."""

from collections.abc import Callable

import structlog

from database.failures import passes
from web.logs import log_defect

log = structlog.get_logger(__name__)


def attempt(what: str, job: Callable[..., object], *given: object, **more: object) -> bool:
    """Do a job, and say whether it was done; what keeps it from that is logged, a defect with its place in the code, and the next turn
    tries again."""
    try:
        job(*given, **more)
    except Exception as error:
        if passes(error):
            log.warning("turn not finished", job=what, error=type(error).__name__)
        else:
            log_defect(error, job=what)
        return False
    return True
