"""Create what became of each upload."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"

TEXTS = (
    "account", "original_filename", "content_hash", "processing_status", "processing_error", "processing_metadata",
)  # fmt: skip


def upgrade() -> None:
    op.create_table(
        "upload_record",
        sa.Column("id", sa.Text(), primary_key=True),
        *(sa.Column(name, sa.Text(), nullable=False) for name in TEXTS),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("upload_record_account", "upload_record", ["account", "created_at"])
    op.create_index("ix_upload_record_created_at", "upload_record", ["created_at"])
