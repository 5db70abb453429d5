"""The steps from one schema to the next, oldest first: ``v0001_...``. Alembic runs them when a database is opened.

A new step: a file here with ``revision``, ``down_revision`` and ``upgrade``, the same change in ``schema.py``, and
``SCHEMA`` in ``open.py`` raised by one. There is no way back: a backup is.
"""
