"""Schemes that grants are given under, rates for rooms without a price, reports on grants, and hearings before support is lost."""

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa
from alembic import op

from database.base import Instant, Json
from database.types import OreColumn

revision: str = "0028"
down_revision: str | None = "0027"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

GRANT = sa.table(
    "support_grant",
    sa.column("id", sa.Integer()),
    sa.column("scheme", sa.String(120)),
    sa.column("year", sa.Integer()),
    sa.column("scheme_id", sa.Integer()),
    sa.column("first_day", sa.Date()),
    sa.column("last_day", sa.Date()),
    sa.column("conditions", sa.String(2000)),
    sa.column("decision", sa.String(4000)),
    sa.column("created_at", Instant()),
)
SCHEME = sa.table(
    "support_scheme",
    sa.column("id", sa.Integer()),
    sa.column("name", sa.String(120)),
    sa.column("kind", sa.String(40)),
    *(sa.column(name, sa.String(4000)) for name in ("purpose", "rules", "duties")),
    sa.column("covers", Json),
    sa.column("asks", Json),
    sa.column("first_day", sa.Date()),
    sa.column("created_at", Instant()),
)


def upgrade() -> None:
    op.create_table(
        "support_scheme",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("purpose", sa.String(2000), nullable=False),
        sa.Column("rules", sa.String(4000), nullable=False),
        sa.Column("duties", sa.String(2000), nullable=False),
        sa.Column("covers", Json, nullable=False),
        sa.Column("asks", Json, nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("ceiling", OreColumn, nullable=True),
        sa.Column("report_days", sa.Integer(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_support_scheme")),
        sa.UniqueConstraint("name", name=op.f("uq_support_scheme_name")),
    )
    with op.batch_alter_table("support_grant") as grant:
        grant.add_column(sa.Column("scheme_id", sa.Integer(), nullable=True))
        grant.add_column(sa.Column("first_day", sa.Date(), nullable=True))
        grant.add_column(sa.Column("last_day", sa.Date(), nullable=True))
        grant.add_column(sa.Column("amount", OreColumn, nullable=True))
        grant.add_column(sa.Column("own_share", sa.Integer(), nullable=True))
        grant.add_column(sa.Column("conditions", sa.String(2000), nullable=True))
        grant.add_column(sa.Column("decision", sa.String(4000), nullable=True))
        grant.alter_column("ceiling", existing_type=sa.Integer(), type_=OreColumn, existing_nullable=True)
    _name_schemes()
    with op.batch_alter_table("support_grant") as grant:
        for name, kind in (("scheme_id", sa.Integer()), ("first_day", sa.Date()), ("last_day", sa.Date())):
            grant.alter_column(name, existing_type=kind, nullable=False)
        grant.alter_column("conditions", existing_type=sa.String(2000), nullable=False)
        grant.alter_column("decision", existing_type=sa.String(4000), nullable=False)
        grant.create_foreign_key(op.f("fk_support_grant_scheme_id"), "support_scheme", ["scheme_id"], ["id"])
        grant.create_index(op.f("ix_support_grant_scheme_id"), ["scheme_id"], unique=False)
        grant.drop_column("scheme")
        grant.drop_column("year")
    op.create_table(
        "support_rate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("room_kind", sa.String(80), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("per_hour", OreColumn, nullable=False),
        sa.Column("source", sa.String(500), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_support_rate")),
        sa.UniqueConstraint("room_kind", "first_day", name=op.f("uq_support_rate_room_kind_first_day")),
    )
    op.create_table(
        "support_part",
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("young", sa.Integer(), nullable=True),
        sa.Column("local", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("said_by", sa.Integer(), nullable=True),
        sa.Column("said_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_support_part_booking_id")),
        sa.PrimaryKeyConstraint("booking_id", name=op.f("pk_support_part")),
    )
    op.create_table(
        "support_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("grant_id", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("text", sa.String(8000), nullable=False),
        sa.Column("figures", Json, nullable=False),
        sa.Column("measured", Json, nullable=True),
        sa.Column("sent_at", Instant(), nullable=True),
        sa.Column("sent_by", sa.Integer(), nullable=True),
        sa.Column("is_late", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(2000), nullable=False),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("reminded_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["grant_id"], ["support_grant.id"], name=op.f("fk_support_report_grant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_support_report")),
        sa.UniqueConstraint("grant_id", name=op.f("uq_support_report_grant_id")),
    )
    op.create_table(
        "support_hearing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("cause", sa.String(4000), nullable=False),
        sa.Column("answer_by", sa.Date(), nullable=False),
        sa.Column("begun_at", Instant(), nullable=False),
        sa.Column("begun_by", sa.Integer(), nullable=True),
        sa.Column("answer", sa.String(4000), nullable=False),
        sa.Column("answered_at", Instant(), nullable=True),
        sa.Column("answered_by", sa.Integer(), nullable=True),
        sa.Column("is_lost", sa.Boolean(), nullable=True),
        sa.Column("reason", sa.String(4000), nullable=False),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("lost_until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_support_hearing_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_support_hearing")),
    )
    op.create_index(op.f("ix_support_hearing_organisation_id"), "support_hearing", ["organisation_id"], unique=False)
    op.add_column("usage", sa.Column("participants", Json, nullable=True))


def _name_schemes() -> None:
    """A scheme for each name that was written on grants: rooms for less, without rules; a grant's year becomes its days."""
    connection = op.get_bind()
    words = {"kind": "rooms", "purpose": "", "rules": "", "duties": "", "covers": {}, "asks": []}
    grants = connection.execute(sa.select(GRANT.c.id, GRANT.c.scheme, GRANT.c.year, GRANT.c.created_at).order_by(GRANT.c.id)).all()
    numbers: dict[str, int] = {}
    for grant in grants:
        if grant.scheme not in numbers:
            first = date(min(one.year for one in grants if one.scheme == grant.scheme), 1, 1)
            row = {"name": grant.scheme, "first_day": first, "created_at": grant.created_at, **words}
            connection.execute(SCHEME.insert().values(**row))
            numbers[grant.scheme] = connection.scalar(sa.select(SCHEME.c.id).where(SCHEME.c.name == grant.scheme)) or 0
        given = {"scheme_id": numbers[grant.scheme], "first_day": date(grant.year, 1, 1), "last_day": date(grant.year, 12, 31)}
        connection.execute(GRANT.update().where(GRANT.c.id == grant.id).values(conditions="", decision="", **given))


def downgrade() -> None:
    op.drop_column("usage", "participants")
    for table in ("support_hearing", "support_report", "support_part", "support_rate"):
        op.drop_table(table)
    with op.batch_alter_table("support_grant") as grant:
        grant.add_column(sa.Column("scheme", sa.String(120), nullable=True))
        grant.add_column(sa.Column("year", sa.Integer(), nullable=True))
    connection = op.get_bind()
    names = sa.select(SCHEME.c.name).where(SCHEME.c.id == GRANT.c.scheme_id).scalar_subquery()
    connection.execute(GRANT.update().values(scheme=names, year=sa.extract("year", GRANT.c.first_day)))
    with op.batch_alter_table("support_grant") as grant:
        grant.drop_index(op.f("ix_support_grant_scheme_id"))
        grant.drop_constraint(op.f("fk_support_grant_scheme_id"), type_="foreignkey")
        grant.alter_column("scheme", existing_type=sa.String(120), nullable=False)
        grant.alter_column("year", existing_type=sa.Integer(), nullable=False)
        grant.alter_column("ceiling", existing_type=OreColumn, type_=sa.Integer(), existing_nullable=True)
        for name in ("scheme_id", "first_day", "last_day", "amount", "own_share", "conditions", "decision"):
            grant.drop_column(name)
    op.drop_table("support_scheme")
