"""Conditions on access: in which words they are asked, that they were met, which a date has, and that its holder was reminded."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from database.base import Instant, Json

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("occurrence", sa.Column("conditions", Json, nullable=True))
    op.add_column("occurrence", sa.Column("reminded_at", Instant(), nullable=True))
    op.create_table(
        "condition",
        sa.Column("digest", sa.String(length=32), nullable=False),
        sa.Column("what", sa.String(length=80), nullable=False),
        sa.Column("whose", sa.String(40), nullable=False),
        sa.Column("value", Json, nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_condition")),
    )
    op.create_table(
        "met",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("condition_digest", sa.String(length=32), nullable=False),
        sa.Column("what", sa.String(length=80), nullable=False),
        sa.Column("text_version", sa.String(length=2000), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("venue_id", sa.Integer(), nullable=False),
        sa.Column("room_id", sa.Integer(), nullable=False),
        sa.Column("met_at", Instant(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("signed_as", sa.String(length=200), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("people", Json, nullable=False),
        sa.Column("file", sa.String(length=100), nullable=False),
        sa.Column("withdrawn_at", Instant(), nullable=True),
        sa.Column("withdrawn_by", sa.Integer(), nullable=True),
        sa.Column("withdrawn_why", sa.String(length=500), nullable=False),
        sa.Column("forgotten_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_met_booking_id")),
        sa.ForeignKeyConstraint(["condition_digest"], ["condition.digest"], name=op.f("fk_met_condition_digest")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_met_organisation_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_met_person_id")),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_met_room_id")),
        sa.ForeignKeyConstraint(["venue_id"], ["venue.id"], name=op.f("fk_met_venue_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_met")),
    )
    op.create_index(op.f("ix_met_booking_id"), "met", ["booking_id"], unique=False)
    op.create_index("ix_met_organisation_id", "met", ["organisation_id", "what"], unique=False)
    op.create_index("ix_met_person_id", "met", ["person_id", "what"], unique=False)


def downgrade() -> None:
    op.drop_table("met")
    op.drop_table("condition")
    op.drop_column("occurrence", "reminded_at")
    op.drop_column("occurrence", "conditions")
