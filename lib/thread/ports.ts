import { MessagePort } from 'node:worker_threads';

/** Node has no public way to list the handles that keep an event loop alive; this private one has existed since 0.10. */
interface WithActiveHandles {
  _getActiveHandles(): unknown[];
}

/** Returns the message ports that keep this thread's event loop alive. */
export function openPorts(): MessagePort[] {
  const handles = (process as unknown as WithActiveHandles)._getActiveHandles();
  return handles.filter((handle) => handle instanceof MessagePort);
}

/** Lets the event loop end while these ports are open. */
export function unrefAll(ports: readonly MessagePort[]): void {
  for (const port of ports) port.unref();
}
