"""What stands behind the ports: files, databases, secrets."""
