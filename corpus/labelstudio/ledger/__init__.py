"""What this checkout knows of servers and must not publish, in one SQLite file."""
