"""Standing in line: what a wish takes, what displaced a date, offers that keep time, and time that became free."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from database.base import Instant
from database.types import LocalTime

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None
OPEN = sa.text("state IN ('sought', 'open')")


def upgrade() -> None:
    op.add_column("booking", sa.Column("accepts", sa.String(40), nullable=False, server_default="time"))
    op.add_column("booking", sa.Column("book_when_free", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("occurrence", sa.Column("lost_to", sa.String(40), nullable=False, server_default=""))
    op.create_table(
        "offer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("occurrence_id", sa.Integer(), nullable=False),
        sa.Column("room_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("local_start", LocalTime(), nullable=False),
        sa.Column("local_end", LocalTime(), nullable=False),
        sa.Column("zone", sa.String(60), nullable=False),
        sa.Column("starts_at", Instant(), nullable=False),
        sa.Column("ends_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("answered_at", Instant(), nullable=True),
        sa.Column("answered_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["occurrence_id"], ["occurrence.id"], name=op.f("fk_offer_occurrence_id")),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_offer_room_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offer")),
    )
    op.create_index("ix_offer_open", "offer", ["occurrence_id"], unique=True, sqlite_where=OPEN, postgresql_where=OPEN)
    op.create_index("ix_offer_occurrence_id", "offer", ["occurrence_id"])
    op.create_index("ix_offer_state", "offer", ["state", "expires_at"])
    op.create_table(
        "vacancy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", Instant(), nullable=False),
        sa.Column("ends_at", Instant(), nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["space_id"], ["space.id"], name=op.f("fk_vacancy_space_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vacancy")),
    )
    op.create_index("ix_vacancy_due_at", "vacancy", ["due_at"])


def downgrade() -> None:
    op.drop_table("vacancy")
    op.drop_table("offer")
    op.drop_column("occurrence", "lost_to")
    op.drop_column("booking", "book_when_free")
    op.drop_column("booking", "accepts")
