"""Sealing: the household's device list, the group's key, and records that only its devices can open.

Plain rules on values, without I/O: time and randomness come in as arguments, or from the cipher itself. What is fixed
on the wire stands in docs/reference/sealing.md, with vectors that the screens' own code reads, too.
"""
