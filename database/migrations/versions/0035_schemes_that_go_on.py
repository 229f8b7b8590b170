"""A scheme that goes on by other terms keeps the grants that were given under it."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from database.base import Instant

revision: str = "0035"
down_revision: str | None = "0034"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

CURRENT = sa.text("superseded_at IS NULL")


def upgrade() -> None:
    with op.batch_alter_table("support_scheme") as scheme:
        scheme.add_column(sa.Column("superseded_at", Instant(), nullable=True))
        scheme.drop_constraint(op.f("uq_support_scheme_name"), type_="unique")
    op.create_index("ix_support_scheme_name", "support_scheme", ["name"], unique=True, sqlite_where=CURRENT, postgresql_where=CURRENT)


def downgrade() -> None:
    op.drop_index("ix_support_scheme_name", "support_scheme")
    # Names have to be one each again: earlier terms say by their number which they are.
    op.execute("UPDATE support_scheme SET name = substr(name, 1, 100) || ' (' || id || ')' WHERE superseded_at IS NOT NULL")
    with op.batch_alter_table("support_scheme") as scheme:
        scheme.create_unique_constraint(op.f("uq_support_scheme_name"), ["name"])
        scheme.drop_column("superseded_at")
