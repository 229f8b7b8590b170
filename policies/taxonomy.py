"""The vocabulary of what rooms are used for."""

from enum import StrEnum


class Activity(StrEnum):
    """What a room is used for; a dot narrows, so a rule on ``sport`` is about ``sport.ball`` too."""

    SPORT = "sport"
    SPORT_TRAINING = "sport.training"
    SPORT_MATCH = "sport.match"
    SPORT_CUP = "sport.cup"
    CULTURE = "culture"
    CULTURE_MUSIC = "culture.music"
    CULTURE_THEATRE = "culture.theatre"
    CULTURE_DANCE = "culture.dance"
    CULTURE_CONCERT = "culture.concert"
    MEETING = "meeting"
    MEETING_ANNUAL = "meeting.annual"
    COURSE = "course"
    SEMINAR = "seminar"
    SOCIAL = "social"
    SOCIAL_CAFE = "social.cafe"
    DUGNAD = "dugnad"
    EVENT = "event"
    EVENT_MARKET = "event.market"
    FAITH = "faith"
    POLITICS = "politics"
    CELEBRATION = "celebration"
    CELEBRATION_CHILDREN = "celebration.children"
    OVERNIGHT = "overnight"
    SCHOOL = "school"
    OTHER = "other"


def is_within(activity: str, wider: str) -> bool:
    """Whether an activity is the wider one or a narrower kind of it."""
    return activity == wider or activity.startswith(f"{wider}.")
