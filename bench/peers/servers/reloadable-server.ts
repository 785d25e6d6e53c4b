import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** An HTTP server in a process of its own that can be made to serve the newest edition of its code. */
export interface ReloadableServer {
  readonly name: string;
  readonly url: string;
  /** Resolves when the newest edition serves, and nothing of the one before is left. */
  reload(): Promise<void>;
  /** Resolves to the bytes of memory that the server's process takes, where it can tell. */
  memory(): Promise<number>;
  /** Resolves to the microseconds that the server's process has computed, on all cores together, where it can tell. */
  computed(): Promise<number>;
  close(): Promise<void>;
}

/** Message of such a process. */
export type ServerMessage =
  | { readonly kind: 'listening'; readonly port: number }
  | { readonly kind: 'reloaded' }
  | { readonly kind: 'memory'; readonly bytes: number }
  | { readonly kind: 'computed'; readonly micros: number };

/** Resolves to the server that `child` becomes, once it listens; it reloads when it gets a message. */
export async function serverOf(name: string, child: ChildProcess): Promise<ReloadableServer> {
  const { port } = await messageOf(child, 'listening');
  return {
    name,
    url: `http://127.0.0.1:${port}/`,
    reload: async () => {
      const reloaded = messageOf(child, 'reloaded');
      child.send('reload');
      await reloaded;
    },
    memory: async () => {
      const told = messageOf(child, 'memory');
      child.send('memory');
      return (await told).bytes;
    },
    computed: async () => {
      const told = messageOf(child, 'computed');
      child.send('computed');
      return (await told).micros;
    },
    close: async () => {
      const left = once(child, 'exit');
      child.disconnect();
      await left;
    },
  };
}

async function messageOf<Kind extends ServerMessage['kind']>(
  child: ChildProcess,
  kind: Kind,
): Promise<Extract<ServerMessage, { kind: Kind }>> {
  for (;;) {
    const [message] = (await once(child, 'message')) as [ServerMessage];
    if (message.kind === kind) return message as Extract<ServerMessage, { kind: Kind }>;
  }
}
