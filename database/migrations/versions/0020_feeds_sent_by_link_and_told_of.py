"""How much a private feed tells, when its person was sent the link to it, and when that person was told that nobody fetches it."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from database.base import Instant

revision: str = "0020"
down_revision: str | None = "0019"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None
COLUMNS = {"level": sa.String(40), "sent_at": Instant(), "told_at": Instant()}


def upgrade() -> None:
    for name, kind in COLUMNS.items():
        op.add_column("feed_token", sa.Column(name, kind, nullable=True))


def downgrade() -> None:
    for name in COLUMNS:
        op.drop_column("feed_token", name)
