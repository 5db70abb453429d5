"""Every port held to what it promises, on the real adapters and on failing disks."""
