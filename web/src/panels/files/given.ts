/** What another app has shared with this one: the service worker has put it where this finds it. */

const SHARED = "shared";

export interface Given {
  readonly text: string;
  readonly files: readonly File[];
}

/** Take it; it is not there a second time. */
export async function given(): Promise<Given> {
  const nothing = { text: "", files: [] };
  if (!("caches" in window) || !(await caches.has(SHARED))) return nothing;
  const cache = await caches.open(SHARED);
  let text = "";
  const files: File[] = [];
  for (const request of await cache.keys()) {
    const answer = await cache.match(request);
    if (answer === undefined) continue;
    if (request.url.endsWith("/text")) text = await answer.text();
    else {
      const name = decodeURIComponent(answer.headers.get("X-Name") ?? "file");
      files.push(new File([await answer.blob()], name, { type: answer.headers.get("Content-Type") ?? "" }));
    }
  }
  await caches.delete(SHARED);
  return { text, files };
}

/** Hand a file of this page over as if another app had shared it: it waits for whom it is for. */
export async function hand(file: File): Promise<void> {
  const cache = await caches.open(SHARED);
  const headers = { "X-Name": encodeURIComponent(file.name), "Content-Type": file.type };
  await cache.put(new URL("shared/0", document.baseURI), new Response(file, { headers }));
}
