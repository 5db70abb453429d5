"""The demo: a made-up household, in one hub or in two with a tunnel between them."""
