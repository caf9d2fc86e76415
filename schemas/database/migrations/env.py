"""Run by alembic: applies the migrations on the connection that schemas/database/migrate.py hands over."""

from alembic import context

from inkfield.schemas.database import archive_tables, learning_tables, review_tables  # noqa: F401  (their tables register with it)
from inkfield.schemas.database.tables import Base

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    # SQLite can change a table only by building it anew.
    render_as_batch=connection.dialect.name == "sqlite",
)
context.run_migrations()
