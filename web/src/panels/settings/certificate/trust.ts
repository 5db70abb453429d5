/** Whether this browser trusts the hub's certificate. */

/** `machine`: the page comes from the hub's own machine, which needs none; `plain`: it came without TLS. */
export type Trust = "trusted" | "untrusted" | "machine" | "plain";

const LOCAL = /^(localhost|127\.|\[::1\])/;

export async function trust(win: Window): Promise<Trust> {
  const { protocol, hostname } = win.location;
  if (protocol !== "https:") return LOCAL.test(hostname) ? "machine" : "plain";
  const workers = win.navigator.serviceWorker;
  if (!workers) return "untrusted";
  try {
    // A page may be looked at in spite of a warning; a worker is taken from a certificate that is trusted only.
    const had = await workers.getRegistration();
    await (had ? had.update() : workers.register("./sw.js", { scope: "./" }));
    return "trusted";
  } catch {
    return "untrusted";
  }
}
