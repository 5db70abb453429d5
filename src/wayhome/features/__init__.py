"""What people can do, one folder each, found by entry point."""
