"""When dates were moved is found in the log without reading all of it."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0025"
down_revision: str | None = "0024"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None
MOVED = sa.text("verb = 'move'")


def upgrade() -> None:
    op.create_index("ix_audit_moved_at", "audit", ["at"], sqlite_where=MOVED, postgresql_where=MOVED)


def downgrade() -> None:
    op.drop_index("ix_audit_moved_at", "audit")
