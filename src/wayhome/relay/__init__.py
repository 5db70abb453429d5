"""The relay: where hubs behind a router's NAT and on mobile data are reached. It forwards what it can't read.

A hub calls out and keeps one connection (``HUB``). Whoever wants to reach it connects to the same port and says whom:
in one line (``TO``, programs of ours), or by the server's name in the first words of TLS, ``<id>.relay.example.org``
(browsers). The relay tells the hub, which takes the stream with a connection of its own (``TAKE``); from then on the
relay copies bytes both ways. TLS is between the two ends: what passes here is sealed to the hub's own certificate.

An id is the hash of a key that only the hub has. The relay knows no names, and keeps nothing on a disk.
"""
