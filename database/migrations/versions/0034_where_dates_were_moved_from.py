"""Where dates were moved from: what neighbours in a caretaker's work feed follow, asked by room and not by time alone."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0034"
down_revision: str | None = "0033"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

MOVED = sa.text("verb = 'move'")
FROM = sa.text("CAST(facts ->> 'room' AS integer)")


def upgrade() -> None:
    op.create_index("ix_audit_moved_from", "audit", [FROM, "at"], sqlite_where=MOVED, postgresql_where=MOVED)
    op.drop_index("ix_audit_moved_at", "audit")


def downgrade() -> None:
    op.create_index("ix_audit_moved_at", "audit", ["at"], sqlite_where=MOVED, postgresql_where=MOVED)
    op.drop_index("ix_audit_moved_from", "audit")
