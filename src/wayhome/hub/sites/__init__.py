"""Sites: two hubs of one household, each the owner of its things, as one."""
