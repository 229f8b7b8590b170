"""Personal: what calendars hold of people, and the register of all that this service holds, put together."""

from sqlalchemy import or_

from accounts.personal import own
from accounts.personal.held import NOW, Basis, Held, Period, Personal, Reader, Way
from booking import evidence
from booking import personal as of_bookings
from calendars.incoming.models import Event, Source
from calendars.models import FeedToken
from kernel.texts import marked as _
from venues.models import Municipality, OnSite
from venues.survey.models import Lack, Survey

FEEDS = Period("feeds", 365, _("etter at kalenderen ble trukket tilbake"))
HELD = (
    Held(
        table=FeedToken,
        columns=("name", "used_by", "created_at", "used_at"),
        plain=("scope", "language", "token_hash"),
        what=_("Kalendere noen abonnerer på: navnet de ga dem, og hvilket program som leste dem sist"),
        why=_("For at hver skal kunne følge sin kalender og trekke den tilbake."),
        basis=Basis.AGREEMENT,
        readers=(Reader.SELF, Reader.OFFICER, Reader.ADMINISTRATOR),
        period=FEEDS,
        of=lambda whose: FeedToken.person_id == whose.id,
        over=lambda before: or_(FeedToken.revoked_at < before, FeedToken.ends_at < before),
        way=Way.EMPTIED,
        emptied={"name": "", "used_by": "", "revoked_at": NOW},
    ),
    Held(
        table=OnSite,
        columns=("role", "phone"),
        what=_("Hvem som er på stedet eller svarer telefonen, med rolle og tjenestetelefon"),
        why=_("For at den som skal inn, skal nå noen."),
        basis=Basis.TASK,
        readers=(Reader.ANYBODY,),
        kept=_("Til de ansatte endrer det."),
    ),
    Held(
        table=Municipality,
        columns=("contact_name", "contact_phone", "contact_email"),
        plain=("name", "number", "zone"),
        what=_("Kommunens kontakt for lokaler"),
        why=_("For at alle skal kunne spørre noen."),
        basis=Basis.TASK,
        readers=(Reader.ANYBODY,),
        kept=_("Til de ansatte endrer det."),
    ),
)
# Texts of tables that lead to people and say nothing of them.
PLAIN = {
    Source: ("name", "address", "file", "etag", "modified", "digest", "report", "failure"),
    Event: ("uid", "recurrence_id"),
    Survey: ("grades", "measured"),
    Lack: ("what", "note"),
}

PERSONAL = Personal(
    declared=(*own.HELD, *of_bookings.HELD, *HELD),
    evidence=evidence.EVIDENCE,
    laws=(evidence.kept_in_the_books, evidence.kept_to_bill, evidence.kept_to_decide),
    obstacles=(evidence.coming,),
    renewed=(evidence.renew,),
)
