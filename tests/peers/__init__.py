"""Real programs that tests talk to, each started on loopback in a folder of its own."""
