"""What is said of how dates were used, with damage as tasks; and where moved dates were is found in the log."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from database.base import Instant

revision: str = "0015"
down_revision: str | None = "0014"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None
MOVED = sa.text("verb = 'move'")


def upgrade() -> None:
    op.create_index("ix_audit_move", "audit", ["subject_id"], sqlite_where=MOVED, postgresql_where=MOVED)
    op.create_table(
        "usage",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("occurrence_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("heads", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=2000), nullable=False),
        sa.Column("file", sa.String(length=100), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("forgotten_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["occurrence_id"], ["occurrence.id"], name=op.f("fk_usage_occurrence_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_usage")),
    )
    op.create_index(op.f("ix_usage_occurrence_id"), "usage", ["occurrence_id"], unique=False)
    with op.batch_alter_table("task") as task:
        task.alter_column("notice_id", existing_type=sa.Integer(), nullable=True)
        task.add_column(sa.Column("usage_id", sa.Integer(), nullable=True))
        task.create_unique_constraint(op.f("uq_task_usage_id"), ["usage_id"])


def downgrade() -> None:
    op.execute("DELETE FROM task WHERE notice_id IS NULL")
    with op.batch_alter_table("task") as task:
        task.drop_constraint(op.f("uq_task_usage_id"), type_="unique")
        task.drop_column("usage_id")
        task.alter_column("notice_id", existing_type=sa.Integer(), nullable=False)
    op.drop_table("usage")
    op.drop_index("ix_audit_move", "audit")
