"""What is said about a case, whose it is and who looks at it; a promise that stands still, or was broken."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from database.base import Instant

revision: str = "0013"
down_revision: str | None = "0012"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None
COLUMNS = ("paused_at", "broken_at", "raised_to", "owner_id", "deputy_id", "deputy_until")


def upgrade() -> None:
    _messages()
    with op.batch_alter_table("booking") as booking:
        booking.add_column(sa.Column("paused_at", Instant(), nullable=True))
        booking.add_column(sa.Column("broken_at", Instant(), nullable=True))
        booking.add_column(sa.Column("raised_to", sa.String(40), nullable=True))
        for column in ("owner_id", "deputy_id"):
            booking.add_column(sa.Column(column, sa.Integer(), nullable=True))
            booking.create_foreign_key(op.f(f"fk_booking_{column}"), "person", [column], ["id"])
            booking.create_index(op.f(f"ix_booking_{column}"), [column])
        booking.add_column(sa.Column("deputy_until", sa.Date(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("booking") as booking:
        for column in ("owner_id", "deputy_id"):
            booking.drop_index(op.f(f"ix_booking_{column}"))
            booking.drop_constraint(op.f(f"fk_booking_{column}"), type_="foreignkey")
        for column in COLUMNS:
            booking.drop_column(column)
    op.drop_table("look")
    op.drop_table("message")


def _messages() -> None:
    op.create_table(
        "message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("visibility", sa.String(40), nullable=False),
        sa.Column("from_staff", sa.Boolean(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("answer", sa.String(40), nullable=True),
        sa.Column("reminded_at", Instant(), nullable=True),
        sa.Column("told_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_message_booking_id")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_message_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
    )
    op.create_index(op.f("ix_message_booking_id"), "message", ["booking_id"], unique=False)
    op.create_table(
        "look",
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("seen_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_look_booking_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_look_person_id")),
        sa.PrimaryKeyConstraint("booking_id", "person_id", name=op.f("pk_look")),
    )
