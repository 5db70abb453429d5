"""Backup, restore, export and import of a whole household. See docs/reference/storage.md for the formats."""
