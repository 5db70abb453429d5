"""Adapters to the outside world, one folder each, found by entry point."""
