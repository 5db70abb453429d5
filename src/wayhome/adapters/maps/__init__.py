"""Maps made of OpenStreetMap's data, on the hub's own disk: roads by Valhalla, tiles by tilemaker, places by SQLite.

Valhalla and osmium run in programs of their own (``router_process``, ``places_process``): a damaged file ends one of
those, never the hub, and the hub itself loads none of the libraries that come with their wheels.
"""
