"""Bad days: crashes, loss, floods, lies, hostile doors."""
