"""Alembic's entrance: revisions run on the connection, and in the transaction, of ``dashboard.store.migrating``."""

from alembic import context

context.configure(connection=context.config.attributes["connection"])
context.run_migrations()
