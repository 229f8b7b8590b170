"""Erasures, who looked at contact details, how long things are kept, when people signed in last, and why time was lost."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from database.base import Instant
from kernel.clock import now

revision: str = "0032"
down_revision: str | None = "0031"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

OPEN = sa.text("done_at IS NULL")
PERSON = sa.table("person", sa.column("password_hash", sa.String(200)), sa.column("seen_at", Instant()))


def upgrade() -> None:
    op.create_table(
        "erasure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("is_unused", sa.Boolean(), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("tried_at", Instant(), nullable=False),
        sa.Column("done_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_erasure_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure")),
    )
    op.create_index("ix_erasure_person_id", "erasure", ["person_id"])
    op.create_index("ix_erasure_open", "erasure", ["tried_at"], sqlite_where=OPEN, postgresql_where=OPEN)
    op.create_table(
        "contact_look",
        sa.Column("person_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("viewer_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("place", sa.String(80), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_contact_look_person_id")),
        sa.ForeignKeyConstraint(["viewer_id"], ["person.id"], name=op.f("fk_contact_look_viewer_id")),
        sa.PrimaryKeyConstraint("person_id", "viewer_id", "on_day", name=op.f("pk_contact_look")),
    )
    op.create_index("ix_contact_look_on_day", "contact_look", ["on_day"])
    op.create_table(
        "retention",
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("days", sa.Integer(), nullable=True),
        sa.Column("run_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_retention")),
    )
    op.add_column("offer", sa.Column("reason", sa.String(500), nullable=False, server_default=""))
    with op.batch_alter_table("offer") as offer:
        offer.alter_column("reason", existing_type=sa.String(500), server_default=None)
    op.add_column("person", sa.Column("seen_at", Instant(), nullable=True))
    op.add_column("person", sa.Column("warned_at", Instant(), nullable=True))
    # Nobody knows when those who have an account signed in last: their time begins now.
    op.execute(PERSON.update().where(PERSON.c.password_hash.is_not(None)).values(seen_at=now()))


def downgrade() -> None:
    op.drop_column("offer", "reason")
    op.drop_column("person", "warned_at")
    op.drop_column("person", "seen_at")
    op.drop_table("retention")
    op.drop_table("contact_look")
    op.drop_table("erasure")
