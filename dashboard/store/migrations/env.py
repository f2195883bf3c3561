"""Alembic's entrance: revisions run on the connection, and in the transaction, of ``dashboard.store.migrating``."""

import logging

from alembic import context

logging.getLogger("alembic").setLevel(logging.WARNING)
context.configure(connection=context.config.attributes["connection"])
context.run_migrations()
