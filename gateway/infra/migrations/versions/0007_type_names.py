"""The name of each document's type (tên loại), which the registers and the statistics tell; older rows have none.

Revision: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; the envelopes still say it of older documents, but nobody reads them all again for it."""
    op.add_column("documents", sa.Column("type_name", sa.Text(), nullable=False, server_default=""))
