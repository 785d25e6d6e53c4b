import { LiveswapError } from '../core/errors.js';
import { setTimeout } from '../core/timers.js';
import { untilGood } from '../core/until-good.js';
import { Connection } from '../sockets/host/connection.js';
import type { HostEnd } from '../sockets/host/host-end.js';
import type { Tunnel } from '../sockets/host/tunnel.js';
import type { Bytes } from '../sockets/protocol.js';
import type { Version } from '../version/version.js';
import type { WarmAppOptions } from './options.js';

const TIMEOUT_MS = 30_000;

/** The thread of a new version that receives the request, and the key of the address where it listens. */
export interface Asked {
  readonly version: Version;
  readonly tunnel: Tunnel;
  readonly key: string;
  /** Aborted with the reason when the thread is gone. */
  readonly gone: AbortSignal;
}

/**
 * Sends requests to a thread of an app until it answers below 500 and keeps doing so.
 *
 * @throws LiveswapError `START_TIMEOUT`, or the reason why the thread died
 */
export async function warmUpApp(
  { version, tunnel, key, gone }: Asked,
  { path, settleMs = 0, timeoutMs = TIMEOUT_MS }: WarmAppOptions,
): Promise<void> {
  let last: number | string = 'nothing';
  const failed = await untilGood(
    async (ms) => {
      const answer = await ask(tunnel, key, path, ms);
      // The last connection may merely have been cut.
      if (answer !== 'nothing') last = answer;
      gone.throwIfAborted();
      return answer;
    },
    { settleMs, timeoutMs },
  );
  if (failed === undefined) return;
  throw new LiveswapError(
    'START_TIMEOUT',
    `Warming ${version} up failed: GET ${path} answered ${last} for ${timeoutMs} ms (warm.timeoutMs); it has to answer below 500 for ${settleMs} ms (warm.settleMs).`,
    { plugin: version.plugin, version: version.id, path },
  );
}

/** Resolves to the status of an answer, or to the reason why there is none. */
function ask(tunnel: Tunnel, key: string, path: string, ms: number): Promise<number | string> {
  return new Promise((resolve) => {
    const end = new AskingEnd((answer) => {
      clearTimeout(timer);
      resolve(answer);
      connection.closed();
    });
    const connection = new Connection(end, { label: key }, { place: (one) => one.attach(tunnel) });
    const timer = setTimeout(() => end.answer('nothing'), Math.max(1, ms));
    connection.place();
    connection.receivedBytes(`GET ${path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n`);
  });
}

/** The host's end of a connection without a client: only the status of the answer counts. */
class AskingEnd implements HostEnd {
  readonly #onAnswer: (answer: number | string) => void;
  #head = '';
  #isOver = false;

  constructor(onAnswer: (answer: number | string) => void) {
    this.#onAnswer = onAnswer;
  }

  answer(answer: number | string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#onAnswer(answer);
  }

  write(bytes: Bytes): boolean {
    if (this.#isOver) return true;
    this.#head += typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString('latin1');
    const status = /^HTTP\/1\.\d (\d{3})/.exec(this.#head)?.[1];
    // A status from 100 to 199 precedes the answer.
    if (status?.startsWith('1')) this.#head = this.#head.slice(this.#head.indexOf('\r\n\r\n') + 4);
    else if (status !== undefined) this.answer(Number(status));
    return true;
  }

  end(): void {
    this.answer('nothing');
  }

  close(): void {
    this.answer('nothing');
  }

  refuse(): void {
    this.answer('nothing');
  }

  take(): void {
    this.answer('an upgrade');
  }

  pause(): void {}
  resume(): void {}
}
