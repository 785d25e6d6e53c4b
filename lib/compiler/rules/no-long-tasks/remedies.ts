import type { LongWork } from './long-work.js';
import type { Work } from './starts.js';

/** Returns the remedy for work that nothing ends. */
export function remedyOfWork({ work, isRearmed }: LongWork): string {
  return isRearmed && work === 'timer' ? ofWork.interval : ofWork[work];
}

/** The remedy for a loop that nothing ends. */
export const remedyOfLoop =
  'Let the loop end when `context.signal.aborted` is true, or with a `break` or `return` of its own. Use `every(ms, fn)` of liveswap/plugin for repeated work; begin a loop that takes work in `onActive` and end it in `onYield`.';

/** The remedy for a promise that nobody waits for. */
export const remedyOfPromise =
  'Await it, return it, or give it to `context.waitUntil()`, which keeps the version alive until it settles; begin work that only one version may do in `onActive`, and end it in `onYield`.';

const atSignal = 'when `context.signal` is aborted, which is when draining begins';
const once = 'it is opened in `onActive` and closed in `onYield`, so that only one version has it at a time';

const timer = `Wait with \`await setTimeout(ms)\` of node:timers/promises, or clear the timer ${atSignal}.`;

const ofWork: Readonly<Record<Work, string>> = {
  interval: `Use \`every(ms, fn)\` of liveswap/plugin, which runs in the active version only; or set it in \`onActive\` and clear it in \`onYield\`; or clear it ${atSignal}: \`onFree\` comes after the last call.`,
  timer,
  microtask: timer,
  server: `Serve a web app with \`definePlugin({ http })\`, on a port of the host. Open another server with \`resource(open, close, { takesWork: true })\` of liveswap/plugin: ${once}.`,
  watcher: `Open it with \`resource(open, close, { takesWork: true })\` of liveswap/plugin: ${once}. If each version may have its own, pass \`{ signal: context.signal }\`.`,
  worker: `Open it with \`resource(open, close)\` of liveswap/plugin, terminate it in \`onFree\`, or await its \`exit\` event; with \`{ takesWork: true }\`, ${once}.`,
  'child process': `Await its \`exit\` event, pass \`{ signal: context.signal }\`, or open it with \`resource(open, close)\` of liveswap/plugin; with \`{ takesWork: true }\`, ${once}.`,
  'process listener':
    'Do final work in `onYield` or `onFree`, remove the listener in `onFree`, or leave the process to the host.',
  subscription:
    'Pass `{ signal: context.signal }`, which is aborted when draining begins, or subscribe in `onLoad` and unsubscribe in `onFree`; if only one version may hear it, subscribe in `onActive` and unsubscribe in `onYield`.',
};
