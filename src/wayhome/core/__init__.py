"""The rules of the household: pure functions on plain values. No I/O, no clock, no randomness."""
