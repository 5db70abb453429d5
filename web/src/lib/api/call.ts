/** Calls to the hub over HTTP. Errors come as problem+json and are thrown as ApiError. */

import { request } from "../live/at";
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

async function reach(path: string, init: RequestInit): Promise<Response> {
  try {
    return await request(path, init);
  } catch {
    throw new ApiError(0, "offline", "");
  }
}

async function answer<T>(path: string, init: RequestInit): Promise<T> {
  return told<T>(await reach(path, init));
}

async function told<T>(response: Response): Promise<T> {
  const text = await response.text().catch(() => {
    throw new ApiError(0, "offline", "");
  });
  if (response.ok) return parsed(text) as T;
  throw problem(response.status, text);
}

function parsed(text: string): unknown {
  try {
    return text === "" ? null : JSON.parse(text);
  } catch {
    return null;
  }
}

/** What the hub answered instead of what was asked for, as an error. */
export function problem(status: number, text: string): ApiError {
  const body = parsed(text);
  const told = (typeof body === "object" && body !== null ? body : {}) as Record<string, unknown>;
  return new ApiError(
    status,
    String(told["code"] ?? (status >= 500 ? "internal" : "bad_input")),
    String(told["detail"] ?? ""),
    typeof told["advice"] === "string" ? told["advice"] : undefined,
  );
}

type Query = Record<string, string | number | undefined>;

function address(path: string, query: Query): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) search.set(name, String(value));
  return `api/${path}${search.size > 0 ? `?${search}` : ""}`;
}

/** Read an operation: `read("links/list")`. `patience`: how long to wait, in ms; in a tunnel nothing else ends it. */
export function read<T>(path: string, query: Query = {}, patience = 30_000): Promise<T> {
  return answer<T>(address(path, query), { headers: { Accept: "application/json" }, signal: AbortSignal.timeout(patience) });
}

/** Fetch what an operation hands out as a file, with the name that the hub gives it. */
export async function file(path: string, query: Query = {}): Promise<File> {
  const response = await reach(address(path, query), {});
  if (!response.ok) return told(response);
  const name = /filename="?([^";]+)/.exec(response.headers.get("Content-Disposition") ?? "")?.[1] ?? path.split("/").at(-1)!;
  return new File([await response.blob()], name, { type: response.headers.get("Content-Type") ?? "" });
}

/** Act: `act("links/add", {...})`. */
export function act<T>(path: string, data: Value | object = {}): Promise<T> {
  return answer<T>(`api/${path}`, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    body: JSON.stringify(data),
  });
}
