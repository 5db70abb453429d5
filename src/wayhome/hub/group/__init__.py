"""The household's group: the devices and hubs that open what is private, as this hub knows them."""
