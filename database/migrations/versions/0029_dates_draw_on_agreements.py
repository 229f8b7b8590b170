"""Each date draws on an agreement by itself; agreements have fixed times, duties, contacts, documents, reminders and templates."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from database.base import Instant, Json

revision: str = "0029"
down_revision: str | None = "0028"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

BOOKING = sa.table("booking", sa.column("id"), sa.column("agreement_id"), sa.column("named_agreement_id"), sa.column("draws"))
OCCURRENCE = sa.table("occurrence", sa.column("booking_id"), sa.column("agreement_id"), sa.column("state", sa.String(40)))
AGREEMENT = sa.table("agreement", sa.column("id"), sa.column("organisation_id"))
ORGANISATION = sa.table("organisation", sa.column("id"), sa.column("has_agreements"))
# What never got any time draws on nothing.
HAD_TIME = ("unconfirmed", "requested", "booked", "cancelled", "displaced")


def upgrade() -> None:
    for column in (
        sa.Column("per", sa.String(40), nullable=False, server_default="season"),
        sa.Column("times", Json, nullable=False, server_default="[]"),
        sa.Column("contact", sa.String(200), nullable=False, server_default=""),
        sa.Column("parties", sa.String(500), nullable=False, server_default=""),
        sa.Column("documents", Json, nullable=False, server_default="[]"),
        sa.Column("renew_by", sa.Date(), nullable=True),
        sa.Column("remind_days", Json, nullable=False, server_default="[]"),
        sa.Column("reminded_on", sa.Date(), nullable=True),
        sa.Column("renews", sa.Integer(), nullable=True),
        sa.Column("signed_at", Instant(), nullable=True),
        sa.Column("signed_by", sa.Integer(), nullable=True),
    ):
        op.add_column("agreement", column)
    op.create_table(
        "agreement_duty",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agreement_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(300), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("done_at", Instant(), nullable=True),
        sa.Column("done_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["agreement_id"], ["agreement.id"], name=op.f("fk_agreement_duty_agreement_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement_duty")),
    )
    op.create_index(op.f("ix_agreement_duty_agreement_id"), "agreement_duty", ["agreement_id"], unique=False)
    op.create_table(
        "agreement_template",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("terms", Json, nullable=False),
        sa.Column("retired_at", Instant(), nullable=True),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement_template")),
        sa.UniqueConstraint("name", name=op.f("uq_agreement_template_name")),
    )
    op.add_column("organisation", sa.Column("has_agreements", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("occurrence") as occurrence:
        occurrence.add_column(sa.Column("agreement_id", sa.Integer(), nullable=True))
        occurrence.create_foreign_key(op.f("fk_occurrence_agreement_id"), "agreement", ["agreement_id"], ["id"])
        occurrence.create_index(op.f("ix_occurrence_agreement_id"), ["agreement_id"], unique=False)
    with op.batch_alter_table("booking") as booking:
        booking.drop_constraint(op.f("fk_booking_agreement_id"), type_="foreignkey")
        booking.drop_index(op.f("ix_booking_agreement_id"))
        booking.alter_column("agreement_id", existing_type=sa.Integer(), new_column_name="named_agreement_id")
        booking.add_column(sa.Column("draws", sa.Boolean(), nullable=False, server_default=sa.true()))
    with op.batch_alter_table("booking") as booking:
        booking.create_foreign_key(op.f("fk_booking_named_agreement_id"), "agreement", ["named_agreement_id"], ["id"])
    named = sa.select(BOOKING.c.named_agreement_id).where(BOOKING.c.id == OCCURRENCE.c.booking_id).scalar_subquery()
    under = sa.select(BOOKING.c.id).where(BOOKING.c.named_agreement_id.is_not(None))
    theirs = (OCCURRENCE.c.booking_id.in_(under), OCCURRENCE.c.state.in_(HAD_TIME))
    op.execute(OCCURRENCE.update().where(*theirs).values(agreement_id=named))
    agreed = sa.select(AGREEMENT.c.organisation_id)
    op.execute(ORGANISATION.update().where(ORGANISATION.c.id.in_(agreed)).values(has_agreements=sa.true()))


def downgrade() -> None:
    with op.batch_alter_table("booking") as booking:
        booking.drop_constraint(op.f("fk_booking_named_agreement_id"), type_="foreignkey")
        booking.alter_column("named_agreement_id", existing_type=sa.Integer(), new_column_name="agreement_id")
        booking.drop_column("draws")
    # A booking stood under one agreement: the first that any of its dates draws on.
    drawn = sa.select(sa.func.min(OCCURRENCE.c.agreement_id)).where(OCCURRENCE.c.booking_id == BOOKING.c.id).scalar_subquery()
    op.execute(BOOKING.update().values(agreement_id=sa.func.coalesce(BOOKING.c.agreement_id, drawn)))
    with op.batch_alter_table("booking") as booking:
        booking.create_foreign_key(op.f("fk_booking_agreement_id"), "agreement", ["agreement_id"], ["id"])
        booking.create_index(op.f("ix_booking_agreement_id"), ["agreement_id"], unique=False)
    with op.batch_alter_table("occurrence") as occurrence:
        occurrence.drop_constraint(op.f("fk_occurrence_agreement_id"), type_="foreignkey")
        occurrence.drop_index(op.f("ix_occurrence_agreement_id"))
        occurrence.drop_column("agreement_id")
    op.drop_column("organisation", "has_agreements")
    op.drop_table("agreement_template")
    op.drop_table("agreement_duty")
    for name in (
        "per",
        "times",
        "documents",
        "remind_days",
        "contact",
        "parties",
        "renew_by",
        "reminded_on",
        "renews",
        "signed_at",
        "signed_by",
    ):
        op.drop_column("agreement", name)
