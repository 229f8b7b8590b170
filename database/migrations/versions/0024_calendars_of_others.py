"""Calendars of others that occupy rooms, and the task to look at what of them meets bookings."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from database.base import Instant, Json

revision: str = "0024"
down_revision: str | None = "0023"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None
FOLLOWED = sa.text("state = 'active'")


def upgrade() -> None:
    op.create_table(
        "incoming_source",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("room_id", sa.Integer(), nullable=False),
        sa.Column("holder_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("file", sa.String(200), nullable=False),
        sa.Column("strength", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("etag", sa.String(200), nullable=False),
        sa.Column("modified", sa.String(60), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("pace", sa.Integer(), nullable=True),
        sa.Column("settled_on", sa.Date(), nullable=True),
        sa.Column("report", Json, nullable=True),
        sa.Column("failure", sa.String(60), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("tried_at", Instant(), nullable=True),
        sa.Column("fetched_at", Instant(), nullable=True),
        sa.Column("due_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["holder_id"], ["person.id"], name=op.f("fk_incoming_source_holder_id")),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_incoming_source_room_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incoming_source")),
    )
    op.create_index(op.f("ix_incoming_source_room_id"), "incoming_source", ["room_id"], unique=False)
    op.create_index(op.f("ix_incoming_source_holder_id"), "incoming_source", ["holder_id"], unique=False)
    op.create_index("ix_incoming_source_due_at", "incoming_source", ["due_at"], sqlite_where=FOLLOWED, postgresql_where=FOLLOWED)
    op.create_table(
        "incoming_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(255), nullable=False),
        sa.Column("recurrence_id", sa.String(40), nullable=False),
        sa.Column("occurrence_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["occurrence_id"], ["occurrence.id"], name=op.f("fk_incoming_event_occurrence_id")),
        sa.ForeignKeyConstraint(["source_id"], ["incoming_source.id"], name=op.f("fk_incoming_event_source_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incoming_event")),
        sa.UniqueConstraint("occurrence_id", name=op.f("uq_incoming_event_occurrence_id")),
        sa.UniqueConstraint("source_id", "uid", "recurrence_id", name=op.f("uq_incoming_event_source_id_uid_recurrence_id")),
    )
    with op.batch_alter_table("task") as task:
        task.add_column(sa.Column("source_id", sa.Integer(), nullable=True))
        task.create_unique_constraint(op.f("uq_task_source_id"), ["source_id"])


def downgrade() -> None:
    with op.batch_alter_table("task") as task:
        task.drop_constraint(op.f("uq_task_source_id"), type_="unique")
        task.drop_column("source_id")
    op.drop_table("incoming_event")
    op.drop_table("incoming_source")
