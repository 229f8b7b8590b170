"""What the registers say of organisations, rights to act for them that lapse and are handed over, and their teams."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from database.base import Instant, Json

revision: str = "0026"
down_revision: str | None = "0025"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None
UNSETTLED = sa.text("settled_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "register_entry",
        sa.Column("number", sa.String(9), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("form", sa.String(10), nullable=False),
        sa.Column("municipality", sa.String(4), nullable=False),
        sa.Column("sector", sa.String(4), nullable=False),
        sa.Column("is_voluntary", sa.Boolean(), nullable=True),
        sa.Column("categories", Json, nullable=False),
        sa.Column("language", sa.String(5), nullable=False),
        sa.Column("parent", sa.String(9), nullable=True),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("deleted_on", sa.Date(), nullable=True),
        sa.Column("origin", sa.String(40), nullable=False),
        sa.Column("read_at", Instant(), nullable=False),
        sa.Column("is_stale", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_register_entry")),
    )
    op.create_index(op.f("ix_register_entry_name"), "register_entry", ["name"], unique=False)
    op.create_index(op.f("ix_register_entry_parent"), "register_entry", ["parent"], unique=False)
    op.create_table(
        "register_role",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(9), nullable=False),
        sa.Column("code", sa.String(10), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("born", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_role")),
    )
    op.create_index(op.f("ix_register_role_number"), "register_role", ["number"], unique=False)
    op.create_table(
        "register_review",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("changes", Json, nullable=False),
        sa.Column("noticed_at", Instant(), nullable=False),
        sa.Column("settled_at", Instant(), nullable=True),
        sa.Column("settled_by", sa.Integer(), nullable=True),
        sa.Column("is_taken", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_register_review_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_review")),
    )
    op.create_index(
        "ix_register_review_open",
        "register_review",
        ["organisation_id"],
        unique=True,
        sqlite_where=UNSETTLED,
        postgresql_where=UNSETTLED,
    )
    op.create_table(
        "register_following",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("units_after", sa.BigInteger(), nullable=True),
        sa.Column("roles_after", sa.BigInteger(), nullable=True),
        sa.Column("tried_at", Instant(), nullable=True),
        sa.Column("done_at", Instant(), nullable=True),
        sa.Column("due_at", Instant(), nullable=True),
        sa.Column("failure", sa.String(60), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_following")),
    )
    op.create_table(
        "team",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("youngest", sa.Integer(), nullable=True),
        sa.Column("oldest", sa.Integer(), nullable=True),
        sa.Column("members", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_team_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team")),
        sa.UniqueConstraint("organisation_id", "name", name=op.f("uq_team_organisation_id_name")),
    )
    with op.batch_alter_table("organisation") as organisation:
        organisation.add_column(sa.Column("dissolved_on", sa.Date(), nullable=True))
    with op.batch_alter_table("delegation") as delegation:
        delegation.add_column(sa.Column("role_code", sa.String(10), nullable=False, server_default=""))
        delegation.add_column(sa.Column("kept_at", Instant(), nullable=True))
        delegation.add_column(sa.Column("warned_at", Instant(), nullable=True))
    with op.batch_alter_table("invitation") as invitation:
        invitation.add_column(sa.Column("succeeds_id", sa.Integer(), nullable=True))
        invitation.add_column(sa.Column("stays", sa.Boolean(), nullable=False, server_default=sa.false()))
        invitation.create_foreign_key(op.f("fk_invitation_succeeds_id"), "delegation", ["succeeds_id"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("invitation") as invitation:
        invitation.drop_constraint(op.f("fk_invitation_succeeds_id"), type_="foreignkey")
        invitation.drop_column("stays")
        invitation.drop_column("succeeds_id")
    with op.batch_alter_table("delegation") as delegation:
        delegation.drop_column("warned_at")
        delegation.drop_column("kept_at")
        delegation.drop_column("role_code")
    with op.batch_alter_table("organisation") as organisation:
        organisation.drop_column("dissolved_on")
    op.drop_table("team")
    op.drop_table("register_following")
    op.drop_table("register_review")
    op.drop_table("register_role")
    op.drop_table("register_entry")
