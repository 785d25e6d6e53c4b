import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** Question to the process of the clients. */
export type SocketsQuestion =
  | { readonly kind: 'open'; readonly url: string; readonly count: number }
  | { readonly kind: 'echo'; readonly lanes: number; readonly ms: number };

export interface SocketsAnswer {
  readonly echoes: number;
  readonly perSecond: number;
  /** Number of sockets that have been closed. */
  readonly lost: number;
}

/** Clients of a server's WebSockets, in a process of their own. */
export interface OpenSockets {
  /** Sends and waits for the answer, over and over, on `lanes` of the sockets. */
  echo(lanes: number, ms: number): Promise<SocketsAnswer>;
  close(): Promise<void>;
}

/** Opens `count` WebSockets. */
export async function openSockets(url: string, count: number): Promise<OpenSockets> {
  const child = fork(fileURLToPath(new URL('sockets-process.js', import.meta.url)));
  const ask = async (question: SocketsQuestion): Promise<SocketsAnswer> => {
    const answered = once(child, 'message') as Promise<[SocketsAnswer]>;
    child.send(question);
    return (await answered)[0];
  };
  await ask({ kind: 'open', url: url.replace('http', 'ws'), count });
  return {
    echo: (lanes, ms) => ask({ kind: 'echo', lanes, ms }),
    close: async () => {
      const left = once(child, 'exit');
      child.disconnect();
      await left;
    },
  };
}
