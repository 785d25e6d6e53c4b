import { Worker } from 'node:worker_threads';
import type { Answers, Questions } from './turn-messages-worker.js';

type Settle = (value: unknown) => void;

const entry = new URL('turn-messages-worker.js', import.meta.url);

/** A worker that is only sent one message in a turn of the event loop. */
export interface TurnWorker {
  readonly salute: () => Promise<unknown>;
  close(): Promise<void>;
}

/**
 * Opens a bare worker whose calls of one turn share a message, as their answers do: the least that sharing can be. It does nothing
 * else: a message is a list of numbers, or of numbers and texts.
 */
export function openTurnWorker(): TurnWorker {
  const worker = new Worker(entry);
  const pending = new Map<number, Settle>();
  let last = 0;
  let waiting: number[] = [];
  const send = (): void => {
    const questions: Questions = waiting;
    waiting = [];
    worker.postMessage(questions);
  };
  worker.on('message', (answers: Answers) => {
    for (let at = 0; at < answers.length; at += 2) {
      const id = answers[at] as number;
      pending.get(id)?.(answers[at + 1]);
      pending.delete(id);
    }
  });
  return {
    salute: () =>
      new Promise((resolve) => {
        pending.set(++last, resolve);
        if (waiting.push(last) === 1) setImmediate(send);
      }),
    close: async () => {
      await worker.terminate();
    },
  };
}
