// The thread that checks one project of a language server: it runs the rules of `liveswap check`. The server checks types itself.
import { parentPort, workerData } from 'node:worker_threads';
import { findingsOf } from '../compiler/report.js';
import { BuildSession } from '../compiler/session.js';
import { messageOf } from '../core/errors.js';
import type { JudgeOptions, Look, Verdict } from './protocol.js';
import { shownFinding } from './shown-finding.js';

const unsaved = new Map<string, string>();
const changed = new Set<string>();
let session: BuildSession | undefined;
let isLooking = false;
let latest = 0;

parentPort?.on('message', ({ number, edits }: Look) => {
  latest = number;
  for (const { file, text } of edits) {
    changed.add(file);
    if (text === undefined) unsaved.delete(file);
    else unsaved.set(file, text);
  }
  if (!isLooking) void lookUntilQuiet();
});

/** Edits that arrive during a look are part of the next one. */
async function lookUntilQuiet(): Promise<void> {
  isLooking = true;
  let known: number;
  do {
    known = latest;
    const paths = [...changed];
    changed.clear();
    parentPort?.postMessage({ ...(await look(paths)), look: known } satisfies Verdict);
  } while (known < latest);
  isLooking = false;
}

async function look(paths: readonly string[]): Promise<Omit<Verdict, 'look'>> {
  try {
    session ??= new BuildSession({
      ...(workerData as JudgeOptions),
      typecheck: false,
      unsaved,
      // Nothing is written.
      outDir: '.',
    });
    return { findings: findingsOf(await session.check(paths)).map(shownFinding) };
  } catch (error) {
    // A folder may not exist yet, for example; the next look starts over.
    session = undefined;
    return { findings: [], problem: messageOf(error) };
  }
}
