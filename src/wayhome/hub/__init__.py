"""The running household: its one writer, its sessions, its links and the live stream."""
