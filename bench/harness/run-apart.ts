import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { Effort, Findings } from './measurement.js';

/** Task of the process of a measurement, as its one argument in JSON. */
export interface ApartTask {
  readonly name: string;
  readonly effort: Effort;
}

/** Message of that process: its progress, again and again, and its findings, once. */
export type ApartMessage =
  | { readonly kind: 'progress'; readonly text: string }
  | { readonly kind: 'findings'; readonly findings: Findings };

/** Runs a measurement in a process of its own, so that none starts with the heap and the hot code of another. */
export async function runApart(
  entry: string,
  task: ApartTask,
  onProgress: (text: string) => void,
): Promise<Findings> {
  const child = fork(entry, [JSON.stringify(task)], { execArgv: [...process.execArgv, '--expose-gc'] });
  let findings: Findings | undefined;
  child.on('message', (message: ApartMessage) => {
    if (message.kind === 'progress') onProgress(message.text);
    else findings = message.findings;
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (findings) return findings;
  throw new Error(`${task.name} ended without findings: exit code ${code}.`);
}
