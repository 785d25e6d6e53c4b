import { parentPort } from 'node:worker_threads';

interface Question {
  readonly id: number;
  readonly name: 'salute' | 'echo' | 'move';
  readonly value: unknown;
}

export interface Answer {
  readonly id: number;
  readonly value: unknown;
}

parentPort?.on('message', ({ id, name, value }: Question) => {
  const answer: Answer = { id, value: name === 'salute' ? 'Hail' : value };
  parentPort?.postMessage(answer, name === 'move' ? [value as ArrayBuffer] : undefined);
});
