/** The tiles of the household's maps, for MapLibre: read out of the hub's PMTiles by ranges, at whichever of the
 *  household's doors this page speaks to. */

import type { RequestParameters } from "maplibre-gl";
import { PMTiles, type RangeResponse, type Source } from "pmtiles";
import { tiles } from "../../lib/api/maps";

const ADDRESS = /^\w+:\/\/([^/]+)\/([^/]+)\/(\d+)\/(\d+)\/(\d+)$/;

class HubSource implements Source {
  constructor(
    readonly region: string,
    readonly revision: string,
  ) {}

  getKey(): string {
    return `${this.region}/${this.revision}`;
  }

  async getBytes(offset: number, length: number, signal?: AbortSignal): Promise<RangeResponse> {
    return { data: await tiles(this.region, this.revision, offset, length, signal) };
  }
}

const archives = new Map<string, PMTiles>();

function archive(region: string, revision: string): PMTiles {
  const key = `${region}/${revision}`;
  let found = archives.get(key);
  if (found === undefined) {
    // Of one region one revision is looked at: what was before is let go of.
    for (const old of archives.keys()) if (old.startsWith(`${region}/`)) archives.delete(old);
    archives.set(key, (found = new PMTiles(new HubSource(region, revision))));
  }
  return found;
}

/** One tile; empty where the region has nothing there. */
export async function tile({ url }: Pick<RequestParameters, "url">, { signal }: AbortController): Promise<{ data: ArrayBuffer | Uint8Array }> {
  const found = ADDRESS.exec(url);
  if (found === null) throw new Error("no tile has such an address");
  const [, region, revision, z, x, y] = found as unknown as [string, string, string, string, string, string];
  const from = archive(region, revision);
  try {
    const answer = await from.getZxy(Number(z), Number(x), Number(y), signal);
    return { data: answer?.data ?? new Uint8Array() };
  } catch (error) {
    // It keeps in mind what it could not read as well: whoever asks next begins anew.
    if (!signal.aborted && archives.get(from.source.getKey()) === from) archives.delete(from.source.getKey());
    throw error;
  }
}
