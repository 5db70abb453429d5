"""Wayhome's tests. What they share stands in ``world.py`` (the simulated world) and ``peers/`` (real programs)."""
