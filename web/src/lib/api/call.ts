/** Calls to the hub over HTTP. Errors come as problem+json and are thrown as ApiError. */

import type { Value } from "../live/frames";

export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    readonly advice?: string,
  ) {
    super(detail);
  }
}

async function answer<T>(path: string, init: RequestInit): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, { credentials: "same-origin", ...init });
  } catch {
    throw new ApiError(0, "offline", "");
  }
  const text = await response.text();
  let body: unknown;
  try {
    body = text === "" ? null : JSON.parse(text);
  } catch {
    body = null;
  }
  if (response.ok) return body as T;
  const problem = (typeof body === "object" && body !== null ? body : {}) as Record<string, unknown>;
  throw new ApiError(
    response.status,
    String(problem["code"] ?? (response.status >= 500 ? "internal" : "bad_input")),
    String(problem["detail"] ?? response.statusText),
    typeof problem["advice"] === "string" ? problem["advice"] : undefined,
  );
}

/** Read an operation: `read("links/list")`. */
export function read<T>(path: string, query: Record<string, string | number | undefined> = {}): Promise<T> {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) search.set(name, String(value));
  const tail = search.size > 0 ? `?${search}` : "";
  return answer<T>(`api/${path}${tail}`, { headers: { Accept: "application/json" } });
}

/** Act: `act("links/add", {...})`. */
export function act<T>(path: string, data: Value | object = {}): Promise<T> {
  return answer<T>(`api/${path}`, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    body: JSON.stringify(data),
  });
}
