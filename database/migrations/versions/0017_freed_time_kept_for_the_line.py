"""Time that became free is kept for who stands in line until they have been asked, and they are found by an index."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from database.base import Instant

revision: str = "0017"
down_revision: str | None = "0016"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None
WAITS = sa.text("(state IN ('waiting', 'displaced') OR (state = 'skipped' AND reason IN ('taken', 'too-few')))")


def upgrade() -> None:
    op.add_column("vacancy", sa.Column("kept_until", Instant(), nullable=True))
    op.create_index("ix_vacancy_space_id", "vacancy", ["space_id", "starts_at"], unique=False)
    op.create_index("ix_occurrence_waits", "occurrence", ["starts_at"], unique=False, sqlite_where=WAITS, postgresql_where=WAITS)


def downgrade() -> None:
    op.drop_index("ix_occurrence_waits", "occurrence")
    op.drop_index("ix_vacancy_space_id", "vacancy")
    op.drop_column("vacancy", "kept_until")
