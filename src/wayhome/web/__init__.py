"""The doors: HTTP, the live socket, signing in, the cockpit's files."""
