import { setTimeout as sleep } from 'node:timers/promises';

/** The constant that the demo edits while the server is under load. */
const VERSION = 1;
const GREETING = 'Who goes there?';

/** Answers one visitor. */
export function live_answer(visitor: number): { version: number; text: string } {
  return { version: VERSION, text: `${GREETING} You are visitor ${visitor}.` };
}

/** A job of several seconds; returns the version of the code that finished it. */
export async function live_keepWatch(seconds: number): Promise<number> {
  for (let second = 0; second < seconds; second += 0.1) await sleep(100);
  return VERSION;
}
