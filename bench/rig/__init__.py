"""What the programs share: the hub under test, raw sockets, clocks and counts."""
