"""Loose equipment and attendants that a date has beside its room, their units beside the parts of the building."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from database.base import Instant, Json

revision: str = "0016"
down_revision: str | None = "0015"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None
# SQLite adds a key that refers to another table only together with its column, which Alembic has no word for.
OF_RESOURCE = "ALTER TABLE space ADD COLUMN resource_id INTEGER CONSTRAINT fk_space_resource_id REFERENCES resource (id)"


def upgrade() -> None:
    op.create_table(
        "resource",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("venue_id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("lot", sa.Integer(), nullable=False),
        sa.Column("before_minutes", sa.Integer(), nullable=False),
        sa.Column("after_minutes", sa.Integer(), nullable=False),
        sa.Column("rooms", Json, nullable=False),
        sa.Column("required_for", Json, nullable=False),
        sa.Column("retired_at", Instant(), nullable=True),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["venue_id"], ["venue.id"], name=op.f("fk_resource_venue_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resource")),
        sa.UniqueConstraint("venue_id", "slug", name=op.f("uq_resource_venue_id_slug")),
    )
    op.execute(OF_RESOURCE)
    op.create_index("ix_space_resource_id", "space", ["resource_id"], unique=False)
    op.add_column("booking", sa.Column("resources", Json, nullable=False, server_default="{}"))


def downgrade() -> None:
    op.drop_column("booking", "resources")
    op.drop_index("ix_space_resource_id", "space")
    op.drop_column("space", "resource_id")
    op.drop_table("resource")
