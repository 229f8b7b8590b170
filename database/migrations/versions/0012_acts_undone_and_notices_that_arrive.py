"""Acts that can be undone, notices to be acknowledged, and whom to call when they do not arrive."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from database.base import Instant, Json

revision: str = "0012"
down_revision: str | None = "0011"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None
URGENT, OPEN = sa.text("answer_by IS NOT NULL"), sa.text("done_at IS NULL")

# What was given up before is on the list of whom to call, as it was on the list of lost notices.
GIVEN_UP = """
INSERT INTO task (reason, notice_id, kind, person_id, booking_id, created_at)
SELECT 'failed', id, kind, person_id, booking_id, created_at FROM notice WHERE state = 'failed'
"""


def upgrade() -> None:
    op.add_column("notice", sa.Column("answer_by", Instant(), nullable=True))
    op.add_column("notice", sa.Column("acknowledged_at", Instant(), nullable=True))
    op.create_index("ix_notice_answer_by", "notice", ["answer_by"], sqlite_where=URGENT, postgresql_where=URGENT)
    op.create_table(
        "undo",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("verb", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("hand_id", sa.Integer(), nullable=True),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("until", Instant(), nullable=False),
        sa.Column("before", Json, nullable=False),
        sa.Column("undone_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_undo")),
    )
    op.create_index("ix_undo_subject", "undo", ["subject", "subject_id"], unique=False)
    op.create_table(
        "task",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(40), nullable=False),
        sa.Column("notice_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("booking_id", sa.Integer(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("done_at", Instant(), nullable=True),
        sa.Column("done_by", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task")),
        sa.UniqueConstraint("notice_id", name=op.f("uq_task_notice_id")),
    )
    op.execute(GIVEN_UP)
    op.create_index("ix_task_open", "task", ["id"], sqlite_where=OPEN, postgresql_where=OPEN)


def downgrade() -> None:
    op.drop_table("task")
    op.drop_table("undo")
    op.drop_index("ix_notice_answer_by", "notice")
    op.drop_column("notice", "acknowledged_at")
    op.drop_column("notice", "answer_by")
