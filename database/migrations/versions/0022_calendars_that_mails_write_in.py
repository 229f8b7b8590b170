"""What mails have put into their readers' calendars, and who wants none of that."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0022"
down_revision: str | None = "0021"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("occurrence", sa.Column("in_calendar", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("person", sa.Column("without_calendar", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    op.drop_column("person", "without_calendar")
    op.drop_column("occurrence", "in_calendar")
