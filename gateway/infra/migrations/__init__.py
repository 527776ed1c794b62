"""Alembic scripts: one folder for both databases."""
