import { MessagePort } from 'node:worker_threads';

/** Node has no public way to ask for what keeps an event loop going; this one has been there since 0.10. */
interface WithActiveHandles {
  _getActiveHandles(): unknown[];
}

/** The message ports that keep this thread's event loop going. */
export function openPorts(): MessagePort[] {
  const handles = (process as unknown as WithActiveHandles)._getActiveHandles();
  return handles.filter((handle) => handle instanceof MessagePort);
}

/** Lets the event loop end although these ports are open. */
export function unrefAll(ports: readonly MessagePort[]): void {
  for (const port of ports) port.unref();
}
