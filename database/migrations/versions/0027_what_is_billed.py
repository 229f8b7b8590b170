"""Periods that were billed, their lines, who pays for organisations, disputes about what dates cost, and payments."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from database.base import Instant, Json, LocalTime
from database.types import OreColumn

revision: str = "0027"
down_revision: str | None = "0026"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None
FIRST = sa.text("corrects_id IS NULL")
UNANSWERED = sa.text("answered_at IS NULL")
OPEN = sa.text("state = 'open'")


def upgrade() -> None:
    op.create_table(
        "billing_period",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("payers", Json, nullable=False),
        sa.Column("closed_at", Instant(), nullable=False),
        sa.Column("closed_by", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_billing_period")),
    )
    op.create_table(
        "billing_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("period_id", sa.Integer(), nullable=False),
        sa.Column("occurrence_id", sa.Integer(), nullable=False),
        sa.Column("corrects_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("payer_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("reference", sa.String(100), nullable=False),
        sa.Column("booking", sa.String(20), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("team", sa.String(120), nullable=False),
        sa.Column("room_id", sa.Integer(), nullable=False),
        sa.Column("room", sa.String(500), nullable=False),
        sa.Column("local_start", LocalTime(), nullable=False),
        sa.Column("local_end", LocalTime(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("tariff", sa.String(80), nullable=False),
        sa.Column("owed", OreColumn, nullable=False),
        sa.Column("amount", OreColumn, nullable=False),
        sa.ForeignKeyConstraint(["period_id"], ["billing_period.id"], name=op.f("fk_billing_line_period_id")),
        sa.ForeignKeyConstraint(["occurrence_id"], ["occurrence.id"], name=op.f("fk_billing_line_occurrence_id")),
        sa.ForeignKeyConstraint(["corrects_id"], ["billing_line.id"], name=op.f("fk_billing_line_corrects_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_billing_line_organisation_id")),
        sa.ForeignKeyConstraint(["payer_id"], ["organisation.id"], name=op.f("fk_billing_line_payer_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_billing_line_person_id")),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_billing_line_room_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_billing_line")),
        sa.UniqueConstraint("corrects_id", name=op.f("uq_billing_line_corrects_id")),
    )
    op.create_index("ix_billing_line_first", "billing_line", ["occurrence_id"], unique=True, sqlite_where=FIRST, postgresql_where=FIRST)
    for column in ("occurrence_id", "period_id", "organisation_id", "payer_id", "person_id"):
        op.create_index(op.f(f"ix_billing_line_{column}"), "billing_line", [column], unique=False)
    op.create_table(
        "billing_terms",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("payer_id", sa.Integer(), nullable=True),
        sa.Column("reference", sa.String(100), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_billing_terms_organisation_id")),
        sa.ForeignKeyConstraint(["payer_id"], ["organisation.id"], name=op.f("fk_billing_terms_payer_id")),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_billing_terms")),
    )
    op.create_index(op.f("ix_billing_terms_payer_id"), "billing_terms", ["payer_id"], unique=False)
    op.create_table(
        "billing_dispute",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("occurrence_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(2000), nullable=False),
        sa.Column("raised_by", sa.Integer(), nullable=True),
        sa.Column("raised_at", Instant(), nullable=False),
        sa.Column("answer", sa.String(2000), nullable=False),
        sa.Column("answered_by", sa.Integer(), nullable=True),
        sa.Column("answered_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["occurrence_id"], ["occurrence.id"], name=op.f("fk_billing_dispute_occurrence_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_billing_dispute")),
    )
    op.create_index(
        "ix_billing_dispute_open", "billing_dispute", ["occurrence_id"], unique=True, sqlite_where=UNANSWERED, postgresql_where=UNANSWERED
    )
    op.create_index("ix_billing_dispute_occurrence_id", "billing_dispute", ["occurrence_id"], unique=False)
    op.create_table(
        "billing_payment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("amount", OreColumn, nullable=False),
        sa.Column("reference", sa.String(40), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("address", sa.String(500), nullable=False),
        sa.Column("begun_at", Instant(), nullable=False),
        sa.Column("settled_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_billing_payment_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_billing_payment")),
        sa.UniqueConstraint("reference", name=op.f("uq_billing_payment_reference")),
    )
    op.create_index(op.f("ix_billing_payment_person_id"), "billing_payment", ["person_id"], unique=False)
    op.create_index("ix_billing_payment_open", "billing_payment", ["person_id"], unique=True, sqlite_where=OPEN, postgresql_where=OPEN)


def downgrade() -> None:
    for table in ("billing_payment", "billing_dispute", "billing_terms", "billing_line", "billing_period"):
        op.drop_table(table)
