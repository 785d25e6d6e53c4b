import { parentPort } from 'node:worker_threads';

/** The ids of calls. */
export type Questions = readonly number[];

/** The id of each call, and the answer to it. */
export type Answers = readonly (number | string)[];

let waiting: (number | string)[] = [];

parentPort?.on('message', (questions: Questions) => {
  if (waiting.length === 0) setImmediate(send);
  for (const id of questions) waiting.push(id, 'Hail');
});

function send(): void {
  const answers: Answers = waiting;
  waiting = [];
  parentPort?.postMessage(answers);
}
