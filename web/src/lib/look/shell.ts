/** The service worker that keeps the shell: registered where browsers trust the address, updated without interrupting. */

const PATIENCE = 1500;

/** To be called before anything is shown. True: a newer version has taken over, the page loads anew. */
export async function takeOver(workers: ServiceWorkerContainer, reload: () => void): Promise<boolean> {
  const waiting = (await workers.getRegistration())?.waiting;
  if (!waiting || !workers.controller) return false;
  const changed = new Promise<boolean>((resolve) => {
    workers.addEventListener("controllerchange", () => resolve(true), { once: true });
    setTimeout(() => resolve(false), PATIENCE);
  });
  waiting.postMessage("take over");
  if (!(await changed)) return false;
  reload();
  return true;
}

/** A missing or broken worker costs only the start without the hub, so it is no fault to tell anybody. */
export async function register(workers: ServiceWorkerContainer): Promise<void> {
  await workers.register("sw.js").catch(() => undefined);
}
