"""Putting a hub together: the only place, beside the command line, that names adapters."""

from __future__ import annotations

import os
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Self

from wayhome import config
from wayhome.adapters.archive.archives import Archives
from wayhome.adapters.archive.putting_back import carry_out
from wayhome.adapters.blobs_disk import DiskBlobs
from wayhome.adapters.catalog_files import load_catalog
from wayhome.adapters.clock_system import SystemClock
from wayhome.adapters.data_dir import DataDir
from wayhome.adapters.footage_disk import DiskFootage
from wayhome.adapters.ids_random import RandomIds
from wayhome.adapters.maps.shelf import MapShelf
from wayhome.adapters.speech_espeak import EspeakSpeech
from wayhome.adapters.sqlite.site_name import site_name
from wayhome.adapters.sqlite.store import SqliteStore
from wayhome.adapters.vault_key import vault_key
from wayhome.adapters.vault_sealed import SealedVault
from wayhome.config import Config
from wayhome.features.people import Door
from wayhome.hub import feature
from wayhome.hub.local import LocalKey
from wayhome.hub.running import Hub, Ports
from wayhome.hub.session import Identity


class Keepers:
    """Whoever knows a token: the local key first, then the household's door."""

    def __init__(self, local: LocalKey, door: Door) -> None:
        self._local = local
        self._door = door

    def identify(self, token: str) -> Identity | None:
        return self._local.identify(token) or self._door.identify(token)

    def proves(self, device: str, nonce: str, origin: str, signature: str) -> str | None:
        return self._door.proves(device, nonce, origin, signature)

    def by_key(self, device: str, key: str) -> Identity | None:
        return self._door.by_key(device, key)


class Assembled:
    """A hub on the data folder ``path``: ``async with Assembled(…) as it:`` locks the folder, opens the hub and its
    door. Raises Locked, StoreError, BadInput."""

    def __init__(self, path: Path, settings: Config) -> None:
        self.folder = DataDir(path)
        self.settings = settings
        self._stack = AsyncExitStack()
        self.hub: Hub
        self.door: Door
        self.local: LocalKey
        self.keepers: Keepers

    async def __aenter__(self) -> Self:
        try:
            self._stack.enter_context(self.folder)
            carry_out(self.folder)
            clock = SystemClock()
            ids = RandomIds(clock)
            vault = SealedVault(self.folder.vault, vault_key(self.folder.vault_key, os.environ))
            store = SqliteStore(self.folder.database)
            maps = MapShelf(self.folder.maps, clock, ids)
            await maps.open()
            self._stack.push_async_callback(maps.close)
            self.hub = Hub(
                load_catalog(config.vss_file(self.settings)),
                Ports(
                    store,
                    DiskBlobs(self.folder.blobs),
                    vault,
                    clock,
                    ids,
                    Archives(self.folder, store, clock),
                    DiskFootage(self.folder.recordings),
                    DiskFootage(self.folder.files, "file"),
                    EspeakSpeech(),
                    maps,
                ),
                feature.features(),
                feature.links(),
                zone=config.zone(self.settings.zone),
                market=self.settings.market,
                node=site_name(self.folder.database, self.settings.site),
            )
            await self._stack.enter_async_context(self.hub)
            self.door = Door(self.hub.household, self.hub.vault, clock, ids, self.hub.soon_run)
            self.hub.extra["people"] = self.door
            self.hub.sites.who, self.hub.sites.came = self.door.who, self.door.refresh
            await self.door.open()
            self.hub.soon_run(self.door.run())
            self.local = LocalKey(ids.token(), clock)
            self.keepers = Keepers(self.local, self.door)
        except BaseException:
            await self._stack.aclose()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()
