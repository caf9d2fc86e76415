"""Tables, views, queries and migrations, on SQLite and PostgreSQL."""
