import type { Fault } from './fault.js';

export const taskFaults: readonly Fault[] = [
  {
    title: 'an interval that nothing stops',
    file: 'herald/support/every.ts',
    from: `  context.signal.addEventListener('abort', () => clearInterval(timer), { once: true });`,
    to: '',
    rule: 'no-long-tasks',
    line: 'setInterval(',
  },
  {
    title: 'a promise that nobody waits for',
    file: 'gatehouse/store/seed.ts',
    to: `export const seedLater = (bag: DataBag) => {\n  seedDemo(bag);\n};`,
    rule: 'no-long-tasks',
    line: '  seedDemo(bag);',
  },
  {
    title: 'a loop without an end',
    file: 'treasury/jobs/runner.ts',
    from: 'while (!signal.aborted)',
    to: 'while (true)',
    rule: 'no-long-tasks',
    line: 'while (true)',
  },
  {
    title: 'a timer that starts itself again',
    file: 'herald/sessions/expire.ts',
    to: `export function keepExpiring(): void {\n  setTimeout(keepExpiring, 60_000);\n}`,
    rule: 'no-long-tasks',
    line: 'setTimeout(',
  },
  {
    title: 'a watcher that is never closed',
    file: 'mill/sources/csv.ts',
    from: `import { createReadStream } from 'node:fs';`,
    to: `import { createReadStream, watch } from 'node:fs';\nexport const follow = (path: string, seen: () => void) => {\n  watch(path, seen);\n};`,
    rule: 'no-long-tasks',
    line: 'watch(path, seen)',
  },
  {
    title: 'a handler of signals',
    file: 'arena/world/persist.ts',
    to: `process.on('SIGTERM', () => console.log('The arena closes.'));`,
    rule: 'no-long-tasks',
    line: 'SIGTERM',
  },
];
