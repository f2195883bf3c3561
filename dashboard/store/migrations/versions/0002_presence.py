"""Who runs and who watches."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

Word = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Two new tables."""
    op.create_table(
        "process",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("place", sa.String(200), nullable=False),
        sa.Column("build", sa.String(64), nullable=False),
        sa.Column("began", sa.BigInteger, nullable=False),
        sa.Column("seen", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "screen",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("process", sa.String(40), nullable=False, index=True),
        sa.Column("name", Word, nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("region", Word, nullable=False),
        sa.Column("since", sa.BigInteger, nullable=False),
        sa.Column("told", sa.BigInteger),
        sa.Column("build", sa.String(64), nullable=False),
        sa.Column("frame_rate", sa.Float),
        sa.Column("heap", sa.BigInteger),
        sa.Column("nodes", sa.Integer),
        sa.Column("uptime", sa.BigInteger),
        sa.Column("faults", sa.Integer),
    )
