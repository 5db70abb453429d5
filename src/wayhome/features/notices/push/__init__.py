"""Web push (RFC 8030): messages to devices whose page is closed, encrypted to the device (RFC 8291) and signed by the
hub (RFC 8292)."""
