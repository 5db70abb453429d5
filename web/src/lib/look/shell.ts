/** The service worker that keeps the shell: a version that waits takes over at the start, before anything is shown. */

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
