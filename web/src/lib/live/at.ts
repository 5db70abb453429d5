/** At which of the household's doors this page speaks to a hub: its own, or another one that it reaches better. */

/** `door`: its origin, "" for the page's own; `pass`: what the hub gave this screen for its requests there. */
export const at: { door: string; pass: string | undefined } = { door: "", pass: undefined };

/** A request to the hub. At the page's own door the cookie says who asks, at another one the pass. */
export function request(path: string, init: RequestInit = {}): Promise<Response> {
  if (at.door === "") return fetch(path, { credentials: "same-origin", ...init });
  return elsewhere(path, init);
}

/** At another door. That it does not let this screen in says nothing of who is signed in here: it is as good as away. */
async function elsewhere(path: string, init: RequestInit): Promise<Response> {
  const headers = { ...(init.headers as Record<string, string> | undefined), Authorization: `Bearer ${at.pass}` };
  const answer = await fetch(`${at.door}/${path}`, { ...init, headers, credentials: "omit" });
  if (answer.status === 401) throw new TypeError("another door does not let this screen in");
  return answer;
}
