"""The household's data in one SQLite file. See docs/reference/storage.md and docs/adr/0010 to 0013."""
