"""Labels: the words of surveys on screen."""

from venues.survey.words import ASPECTS, COSTS, GRADES, GRAVITIES, GROUPS, LACKS, MEASURES, Aspect, Cost, For, Grade, Measure
from web.texts import gettext


def lack_label(what: str) -> str:
    """What is missing."""
    return gettext(LACKS.get(what, what))


def group_label(whom: For) -> str:
    """For whom."""
    return gettext(GROUPS[whom])


def cost_label(cost: Cost | None) -> str:
    """Roughly what it costs."""
    return gettext(COSTS[cost]) if cost else gettext("ikke anslått")


def grade_label(grade: int) -> str:
    """A condition grade with its number."""
    return f"{grade}: {gettext(GRADES[Grade(grade)])}"


def gravity_label(gravity: int) -> str:
    """How grave it is, with its number."""
    return f"{gravity}: {gettext(GRAVITIES[gravity])}"


def aspect_label(aspect: str) -> str:
    """What is graded."""
    return gettext(ASPECTS[Aspect(aspect)])


def measure_label(measure: str) -> str:
    """What is measured."""
    return gettext(MEASURES[Measure(measure)])
