"""The first tables."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from database.base import Instant, Json, LocalTime

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=100), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempt")),
    )
    op.create_index("ix_attempt_subject", "attempt", ["subject", "at"], unique=False)
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("hand_id", sa.Integer(), nullable=True),
        sa.Column("holder_id", sa.Integer(), nullable=True),
        sa.Column("via", sa.String(length=20), nullable=False),
        sa.Column("verb", sa.String(length=60), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("facts", Json, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_index("ix_audit_subject", "audit", ["subject", "subject_id"], unique=False)
    op.create_table(
        "district",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_district")),
        sa.UniqueConstraint("slug", name=op.f("uq_district_slug")),
    )
    op.create_table(
        "idempotent_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("body_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("answer", Json, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idempotent_answer")),
        sa.UniqueConstraint("person_id", "key", name=op.f("uq_idempotent_answer_person_id_key")),
    )
    op.create_table(
        "municipality",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("number", sa.String(length=4), nullable=False),
        sa.Column("zone", sa.String(length=60), nullable=False),
        sa.Column("contact_name", sa.String(length=200), nullable=False),
        sa.Column("contact_phone", sa.String(length=30), nullable=False),
        sa.Column("contact_email", sa.String(length=254), nullable=False),
        sa.Column("contact_origin", sa.String(40), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_municipality")),
    )
    op.create_table(
        "notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("booking_id", sa.Integer(), nullable=True),
        sa.Column("facts", Json, nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("leased_until", Instant(), nullable=True),
        sa.Column("sent_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
    )
    op.create_index("ix_notice_booking", "notice", ["booking_id"], unique=False)
    op.create_index("ix_notice_waiting", "notice", ["state", "due_at"], unique=False)
    op.create_table(
        "person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("phone", sa.String(length=30), nullable=False),
        sa.Column("born", sa.Date(), nullable=True),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("proved_at", Instant(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("session_epoch", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("email", name=op.f("uq_person_email")),
    )
    op.create_table(
        "proof_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(40), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("next_page", sa.String(length=4000), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("used_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proof_link")),
    )
    op.create_table(
        "sought",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("district", sa.String(length=80), nullable=False),
        sa.Column("room", sa.String(length=170), nullable=False),
        sa.Column("wanted_day", sa.Date(), nullable=True),
        sa.Column("weekday", sa.Integer(), nullable=True),
        sa.Column("from_minute", sa.Integer(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("needs", Json, nullable=False),
        sa.Column("reasons", Json, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sought")),
    )
    op.create_table(
        "api_token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("used_at", Instant(), nullable=True),
        sa.Column("revoked_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_api_token_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_token_token_hash")),
    )
    op.create_index(op.f("ix_api_token_person_id"), "api_token", ["person_id"], unique=False)
    op.create_table(
        "feed_token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("audience", sa.String(40), nullable=False),
        sa.Column("scope", Json, nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("replaces_id", sa.Integer(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("ends_at", Instant(), nullable=True),
        sa.Column("revoked_at", Instant(), nullable=True),
        sa.Column("used_at", Instant(), nullable=True),
        sa.Column("used_by", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_feed_token_person_id")),
        sa.ForeignKeyConstraint(["replaces_id"], ["feed_token.id"], name=op.f("fk_feed_token_replaces_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feed_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_feed_token_token_hash")),
    )
    op.create_index(op.f("ix_feed_token_person_id"), "feed_token", ["person_id"], unique=False)
    op.create_table(
        "organisation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=9), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("applicant_class", sa.String(40), nullable=False),
        sa.Column("responsible_id", sa.Integer(), nullable=True),
        sa.Column("in_voluntary_register", sa.Boolean(), nullable=True),
        sa.Column("is_local", sa.Boolean(), nullable=True),
        sa.Column("contact_email", sa.String(length=254), nullable=False),
        sa.Column("is_fictional", sa.Boolean(), nullable=False),
        sa.Column("shown_publicly", sa.Boolean(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["responsible_id"], ["person.id"], name=op.f("fk_organisation_responsible_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
        sa.UniqueConstraint("number", name=op.f("uq_organisation_number")),
    )
    op.create_table(
        "venue",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=80), nullable=False),
        sa.Column("district_id", sa.Integer(), nullable=True),
        sa.Column("address", sa.String(length=300), nullable=False),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("zone", sa.String(length=60), nullable=False),
        sa.Column("entrance", sa.String(length=500), nullable=False),
        sa.Column("getting_in", sa.String(length=1000), nullable=False),
        sa.Column("minutes_before", sa.Integer(), nullable=False),
        sa.Column("follows_school_calendar", sa.Boolean(), nullable=False),
        sa.Column("retired_at", Instant(), nullable=True),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f("fk_venue_district_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_venue")),
        sa.UniqueConstraint("slug", name=op.f("uq_venue_slug")),
    )
    op.create_index(op.f("ix_venue_district_id"), "venue", ["district_id"], unique=False)
    op.create_table(
        "agreement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("price_class", sa.String(length=40), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("duties", sa.String(length=2000), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_agreement_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement")),
    )
    op.create_index(op.f("ix_agreement_organisation_id"), "agreement", ["organisation_id"], unique=False)
    op.create_table(
        "delegation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("is_leader", sa.Boolean(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_delegation_organisation_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_delegation_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegation")),
        sa.UniqueConstraint("person_id", "organisation_id", name=op.f("uq_delegation_person_id_organisation_id")),
    )
    op.create_index("ix_delegation_organisation_id", "delegation", ["organisation_id"], unique=False)
    op.create_table(
        "invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("role", sa.String(40), nullable=True),
        sa.Column("venue_id", sa.Integer(), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("is_leader", sa.Boolean(), nullable=False),
        sa.Column("invited_by", sa.Integer(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("accepted_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_invitation_organisation_id")),
        sa.ForeignKeyConstraint(["venue_id"], ["venue.id"], name=op.f("fk_invitation_venue_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
    )
    op.create_table(
        "on_site",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("venue_id", sa.Integer(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("from_minute", sa.Integer(), nullable=False),
        sa.Column("to_minute", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=120), nullable=False),
        sa.Column("phone", sa.String(length=30), nullable=False),
        sa.Column("is_present", sa.Boolean(), nullable=False),
        sa.Column("origin", sa.String(40), nullable=False),
        sa.ForeignKeyConstraint(["venue_id"], ["venue.id"], name=op.f("fk_on_site_venue_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_on_site")),
    )
    op.create_index(op.f("ix_on_site_venue_id"), "on_site", ["venue_id"], unique=False)
    op.create_table(
        "role_grant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(40), nullable=False),
        sa.Column("venue_id", sa.Integer(), nullable=True),
        sa.Column("granted_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_role_grant_person_id")),
        sa.ForeignKeyConstraint(["venue_id"], ["venue.id"], name=op.f("fk_role_grant_venue_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_grant")),
    )
    op.create_index("ix_role_grant_person_id", "role_grant", ["person_id"], unique=False)
    op.create_table(
        "room",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("venue_id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=80), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("facilities", Json, nullable=False),
        sa.Column("retired_at", Instant(), nullable=True),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["venue_id"], ["venue.id"], name=op.f("fk_room_venue_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_room")),
        sa.UniqueConstraint("venue_id", "slug", name=op.f("uq_room_venue_id_slug")),
    )
    op.create_table(
        "school_period",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("venue_id", sa.Integer(), nullable=True),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("origin", sa.String(40), nullable=False),
        sa.ForeignKeyConstraint(["venue_id"], ["venue.id"], name=op.f("fk_school_period_venue_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_school_period")),
    )
    op.create_index(op.f("ix_school_period_venue_id"), "school_period", ["venue_id"], unique=False)
    op.create_table(
        "space",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("venue_id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["venue_id"], ["venue.id"], name=op.f("fk_space_venue_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_space")),
        sa.UniqueConstraint("venue_id", "slug", name=op.f("uq_space_venue_id_slug")),
    )
    op.create_table(
        "support_grant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("scheme", sa.String(length=120), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("ceiling", sa.Integer(), nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_support_grant_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_support_grant")),
    )
    op.create_index(op.f("ix_support_grant_organisation_id"), "support_grant", ["organisation_id"], unique=False)
    op.create_table(
        "agreement_room",
        sa.Column("agreement_id", sa.Integer(), nullable=False),
        sa.Column("room_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["agreement_id"], ["agreement.id"], name=op.f("fk_agreement_room_agreement_id")),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_agreement_room_room_id")),
        sa.PrimaryKeyConstraint("agreement_id", "room_id", name=op.f("pk_agreement_room")),
    )
    op.create_table(
        "booking",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("room_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("holder_id", sa.Integer(), nullable=False),
        sa.Column("hand_id", sa.Integer(), nullable=True),
        sa.Column("applicant_class", sa.String(length=40), nullable=False),
        sa.Column("purpose", sa.String(length=500), nullable=False),
        sa.Column("activity", sa.String(length=60), nullable=False),
        sa.Column("team", sa.String(length=120), nullable=False),
        sa.Column("participants", Json, nullable=False),
        sa.Column("needs", Json, nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("hold_minutes", sa.Integer(), nullable=True),
        sa.Column("contact_name", sa.String(length=200), nullable=False),
        sa.Column("contact_phone", sa.String(length=30), nullable=False),
        sa.Column("open_to_all", sa.Boolean(), nullable=False),
        sa.Column("alcohol", sa.Boolean(), nullable=False),
        sa.Column("commercial", sa.Boolean(), nullable=False),
        sa.Column("recurrence", sa.String(length=300), nullable=False),
        sa.Column("agreement_id", sa.Integer(), nullable=True),
        sa.Column("grant_id", sa.Integer(), nullable=True),
        sa.Column("decider", sa.String(length=40), nullable=False),
        sa.Column("decide_by", Instant(), nullable=True),
        sa.Column("confirm_by", Instant(), nullable=True),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decision_reason", sa.String(length=2000), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["agreement_id"], ["agreement.id"], name=op.f("fk_booking_agreement_id")),
        sa.ForeignKeyConstraint(["grant_id"], ["support_grant.id"], name=op.f("fk_booking_grant_id")),
        sa.ForeignKeyConstraint(["hand_id"], ["person.id"], name=op.f("fk_booking_hand_id")),
        sa.ForeignKeyConstraint(["holder_id"], ["person.id"], name=op.f("fk_booking_holder_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_booking_organisation_id")),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_booking_room_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking")),
        sa.UniqueConstraint("reference", name=op.f("uq_booking_reference")),
    )
    op.create_index(op.f("ix_booking_agreement_id"), "booking", ["agreement_id"], unique=False)
    op.create_index(op.f("ix_booking_grant_id"), "booking", ["grant_id"], unique=False)
    op.create_index(op.f("ix_booking_holder_id"), "booking", ["holder_id"], unique=False)
    op.create_index(op.f("ix_booking_organisation_id"), "booking", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_booking_room_id"), "booking", ["room_id"], unique=False)
    op.create_index("ix_booking_state", "booking", ["state", "decide_by"], unique=False)
    op.create_table(
        "closure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("venue_id", sa.Integer(), nullable=False),
        sa.Column("room_id", sa.Integer(), nullable=True),
        sa.Column("local_start", LocalTime(), nullable=False),
        sa.Column("local_end", LocalTime(), nullable=False),
        sa.Column("all_day", sa.Boolean(), nullable=False),
        sa.Column("starts_at", Instant(), nullable=False),
        sa.Column("ends_at", Instant(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.Column("withdrawn_at", Instant(), nullable=True),
        sa.Column("origin", sa.String(40), nullable=False),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_closure_room_id")),
        sa.ForeignKeyConstraint(["venue_id"], ["venue.id"], name=op.f("fk_closure_venue_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closure")),
    )
    op.create_index("ix_closure_venue_id", "closure", ["venue_id", "starts_at"], unique=False)
    op.create_table(
        "fact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("venue_id", sa.Integer(), nullable=False),
        sa.Column("room_id", sa.Integer(), nullable=True),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("value", Json, nullable=False),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.Column("noted_on", sa.Date(), nullable=True),
        sa.Column("origin", sa.String(40), nullable=False),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_fact_room_id")),
        sa.ForeignKeyConstraint(["venue_id"], ["venue.id"], name=op.f("fk_fact_venue_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fact")),
    )
    op.create_index("ix_fact_room_id", "fact", ["room_id", "key"], unique=False)
    op.create_index("ix_fact_venue_id", "fact", ["venue_id", "key"], unique=False)
    op.create_table(
        "opening_hours",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("venue_id", sa.Integer(), nullable=False),
        sa.Column("room_id", sa.Integer(), nullable=True),
        sa.Column("first_day", sa.Date(), nullable=True),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("from_minute", sa.Integer(), nullable=False),
        sa.Column("to_minute", sa.Integer(), nullable=False),
        sa.Column("openness", sa.String(40), nullable=False),
        sa.Column("origin", sa.String(40), nullable=False),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_opening_hours_room_id")),
        sa.ForeignKeyConstraint(["venue_id"], ["venue.id"], name=op.f("fk_opening_hours_venue_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opening_hours")),
    )
    op.create_index("ix_opening_hours_venue_id", "opening_hours", ["venue_id"], unique=False)
    op.create_table(
        "photo",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("venue_id", sa.Integer(), nullable=False),
        sa.Column("room_id", sa.Integer(), nullable=True),
        sa.Column("file", sa.String(length=100), nullable=False),
        sa.Column("alternative_text", sa.String(length=500), nullable=False),
        sa.Column("credit", sa.String(length=200), nullable=False),
        sa.Column("origin", sa.String(40), nullable=False),
        sa.Column("added_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_photo_room_id")),
        sa.ForeignKeyConstraint(["venue_id"], ["venue.id"], name=op.f("fk_photo_venue_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photo")),
        sa.UniqueConstraint("file", name=op.f("uq_photo_file")),
    )
    op.create_index(op.f("ix_photo_venue_id"), "photo", ["venue_id"], unique=False)
    op.create_table(
        "policy_draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("scope", sa.String(length=40), nullable=False),
        sa.Column("venue_id", sa.Integer(), nullable=True),
        sa.Column("room_id", sa.Integer(), nullable=True),
        sa.Column("document", Json, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("edited_at", Instant(), nullable=False),
        sa.Column("edited_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_policy_draft_room_id")),
        sa.ForeignKeyConstraint(["venue_id"], ["venue.id"], name=op.f("fk_policy_draft_venue_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_draft")),
        sa.UniqueConstraint("scope", name=op.f("uq_policy_draft_scope")),
    )
    op.create_table(
        "policy_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("venue_id", sa.Integer(), nullable=True),
        sa.Column("room_id", sa.Integer(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("document", Json, nullable=False),
        sa.Column("published_at", Instant(), nullable=False),
        sa.Column("published_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_policy_version_room_id")),
        sa.ForeignKeyConstraint(["venue_id"], ["venue.id"], name=op.f("fk_policy_version_venue_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_version")),
    )
    op.create_index("ix_policy_version_scope", "policy_version", ["venue_id", "room_id", "valid_from"], unique=False)
    op.create_table(
        "room_space",
        sa.Column("room_id", sa.Integer(), nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_room_space_room_id")),
        sa.ForeignKeyConstraint(["space_id"], ["space.id"], name=op.f("fk_room_space_space_id")),
        sa.PrimaryKeyConstraint("room_id", "space_id", name=op.f("pk_room_space")),
    )
    op.create_index("ix_room_space_space_id", "room_space", ["space_id"], unique=False)
    op.create_table(
        "judgement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(length=40), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("policy_versions", Json, nullable=False),
        sa.Column("judged", Json, nullable=False),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_judgement_booking_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_judgement")),
    )
    op.create_index(op.f("ix_judgement_booking_id"), "judgement", ["booking_id"], unique=False)
    op.create_table(
        "occurrence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("room_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("local_start", LocalTime(), nullable=False),
        sa.Column("local_end", LocalTime(), nullable=False),
        sa.Column("zone", sa.String(length=60), nullable=False),
        sa.Column("starts_at", Instant(), nullable=False),
        sa.Column("ends_at", Instant(), nullable=False),
        sa.Column("before_minutes", sa.Integer(), nullable=False),
        sa.Column("after_minutes", sa.Integer(), nullable=False),
        sa.Column("list_price", sa.Integer(), nullable=True),
        sa.Column("charged_price", sa.Integer(), nullable=True),
        sa.Column("tariff", sa.String(length=80), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_occurrence_booking_id")),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_occurrence_room_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_occurrence")),
    )
    op.create_index("ix_occurrence_booking_id", "occurrence", ["booking_id", "number"], unique=True)
    op.create_index("ix_occurrence_room_id", "occurrence", ["room_id", "starts_at"], unique=False)
    op.create_index("ix_occurrence_starts_at", "occurrence", ["starts_at"], unique=False)
    op.create_table(
        "claim",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.Column("occurrence_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", Instant(), nullable=False),
        sa.Column("ends_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=True),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_claim_positive")),
        sa.ForeignKeyConstraint(["occurrence_id"], ["occurrence.id"], name=op.f("fk_claim_occurrence_id")),
        sa.ForeignKeyConstraint(["space_id"], ["space.id"], name=op.f("fk_claim_space_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim")),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_claim_holds",
        "claim",
        ["space_id", "expires_at"],
        unique=False,
        sqlite_where=sa.text("expires_at IS NOT NULL"),
        postgresql_where=sa.text("expires_at IS NOT NULL"),
    )
    op.create_index("ix_claim_occurrence_id", "claim", ["occurrence_id"], unique=False)
    op.create_index("ix_claim_space_id", "claim", ["space_id", "starts_at", "ends_at"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_claim_space_id", table_name="claim")
    op.drop_index("ix_claim_occurrence_id", table_name="claim")
    op.drop_index(
        "ix_claim_holds",
        table_name="claim",
        sqlite_where=sa.text("expires_at IS NOT NULL"),
        postgresql_where=sa.text("expires_at IS NOT NULL"),
    )
    op.drop_table("claim")
    op.drop_index("ix_occurrence_starts_at", table_name="occurrence")
    op.drop_index("ix_occurrence_room_id", table_name="occurrence")
    op.drop_index("ix_occurrence_booking_id", table_name="occurrence")
    op.drop_table("occurrence")
    op.drop_index(op.f("ix_judgement_booking_id"), table_name="judgement")
    op.drop_table("judgement")
    op.drop_index("ix_room_space_space_id", table_name="room_space")
    op.drop_table("room_space")
    op.drop_index("ix_policy_version_scope", table_name="policy_version")
    op.drop_table("policy_version")
    op.drop_table("policy_draft")
    op.drop_index(op.f("ix_photo_venue_id"), table_name="photo")
    op.drop_table("photo")
    op.drop_index("ix_opening_hours_venue_id", table_name="opening_hours")
    op.drop_table("opening_hours")
    op.drop_index("ix_fact_venue_id", table_name="fact")
    op.drop_index("ix_fact_room_id", table_name="fact")
    op.drop_table("fact")
    op.drop_index("ix_closure_venue_id", table_name="closure")
    op.drop_table("closure")
    op.drop_index("ix_booking_state", table_name="booking")
    op.drop_index(op.f("ix_booking_room_id"), table_name="booking")
    op.drop_index(op.f("ix_booking_organisation_id"), table_name="booking")
    op.drop_index(op.f("ix_booking_holder_id"), table_name="booking")
    op.drop_index(op.f("ix_booking_grant_id"), table_name="booking")
    op.drop_index(op.f("ix_booking_agreement_id"), table_name="booking")
    op.drop_table("booking")
    op.drop_table("agreement_room")
    op.drop_index(op.f("ix_support_grant_organisation_id"), table_name="support_grant")
    op.drop_table("support_grant")
    op.drop_table("space")
    op.drop_index(op.f("ix_school_period_venue_id"), table_name="school_period")
    op.drop_table("school_period")
    op.drop_table("room")
    op.drop_index("ix_role_grant_person_id", table_name="role_grant")
    op.drop_table("role_grant")
    op.drop_index(op.f("ix_on_site_venue_id"), table_name="on_site")
    op.drop_table("on_site")
    op.drop_table("invitation")
    op.drop_index("ix_delegation_organisation_id", table_name="delegation")
    op.drop_table("delegation")
    op.drop_index(op.f("ix_agreement_organisation_id"), table_name="agreement")
    op.drop_table("agreement")
    op.drop_index(op.f("ix_venue_district_id"), table_name="venue")
    op.drop_table("venue")
    op.drop_table("organisation")
    op.drop_index(op.f("ix_feed_token_person_id"), table_name="feed_token")
    op.drop_table("feed_token")
    op.drop_index(op.f("ix_api_token_person_id"), table_name="api_token")
    op.drop_table("api_token")
    op.drop_table("sought")
    op.drop_table("proof_link")
    op.drop_table("person")
    op.drop_index("ix_notice_waiting", table_name="notice")
    op.drop_index("ix_notice_booking", table_name="notice")
    op.drop_table("notice")
    op.drop_table("municipality")
    op.drop_table("idempotent_answer")
    op.drop_table("district")
    op.drop_index("ix_audit_subject", table_name="audit")
    op.drop_table("audit")
    op.drop_index("ix_attempt_subject", table_name="attempt")
    op.drop_table("attempt")
