"""What a form is (YAML and pydantic) and what the database is (SQLAlchemy, migrations, views)."""
