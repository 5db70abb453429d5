"""The command line without a hub: what it finds out, says and leaves behind by itself."""
