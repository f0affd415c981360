"""Trino's SQL, analyzed as Trino does it and written down again for DuckDB."""
