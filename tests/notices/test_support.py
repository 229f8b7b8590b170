"""What mails about support say: that a grant is awarded, with where its decision stands, and that it ends."""

import pytest

from booking.support.grants.awarding import GrantTerms, end_grant, make_grant
from booking.support.grants.schemes import SchemeTerms, make_scheme
from tests.notices.conftest import Office, words

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_an_award_and_its_end_are_told_to_each_who_acts_for_the_organisation(office: Office) -> None:
    kari, skiold = office.hall.kari, office.hall.cast.skiold.id
    scheme = office.act(make_scheme, SchemeTerms(name="Gratis tid", kind="rooms", first_day="2026-01-01"), by=kari)
    terms = GrantTerms(organisation=skiold, scheme=scheme.id, first_day="2026-09-01", last_day="2027-06-30", decision="Innvilget.")
    grant = office.act(make_grant, terms, by=kari)
    awarded = office.mails()
    office.act(end_grant, grant.id, by=kari)
    ended = office.mails()

    assert [(mail["To"], mail["Subject"]) for mail in (*awarded, *ended)] == [
        ("berit@example.org", "Vedtak om tilskudd"),
        ("nils@example.org", "Vedtak om tilskudd"),
        ("berit@example.org", "Et tilskudd er avsluttet"),
        ("nils@example.org", "Et tilskudd er avsluttet"),
    ]
    said = " ".join(words(awarded[0]).split())
    assert "Skiold turn har fått tilskudd under ordningen «Gratis tid», fra 1. september 2026 til 30. juni 2027." in said
    assert said.endswith(f"/grants/{grant.id}")
    assert "avsluttet og gjelder til og med 1. september 2026." in " ".join(words(ended[0]).split())
