import { ProcessOutcome, type ProcessChange } from '../surface/app-notes.js';

/** Changes this process for an app, whose thread blocks until `done` reports the outcome. */
export function changeProcess(change: ProcessChange, done: Int32Array): void {
  Atomics.store(done, 0, tried(change) ? ProcessOutcome.changed : ProcessOutcome.refused);
  Atomics.notify(done, 0);
}

function tried(change: ProcessChange): boolean {
  try {
    apply(change);
    return true;
  } catch {
    return false;
  }
}

function apply(change: ProcessChange): void {
  switch (change.what) {
    case 'cwd':
      return process.chdir(change.to);
    case 'umask':
      return void process.umask(change.to);
    case 'title':
      process.title = change.to;
      return undefined;
    default:
      return change satisfies never;
  }
}
