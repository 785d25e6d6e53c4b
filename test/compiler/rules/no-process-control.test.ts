import { describe, expect, it } from 'vitest';
import { noProcessControl } from '../../../lib/compiler/rules/no-process-control/no-process-control.js';
import { checkRule, type Sources } from '../../helpers/check-rule.js';
import { testRulePage } from '../../helpers/rule-page.js';

/** Where the rule finds something, as `index.ts:3`. */
function findings(sources: Sources): string[] {
  return checkRule(noProcessControl, sources).map(({ at }) => at);
}

const untyped = (source: string) =>
  checkRule(noProcessControl, source, { typecheck: false }).map(({ at }) => at);

describe('no-process-control refuses', () => {
  it.each<[string, Sources, string[]?]>([
    ['process.exit', `export const leave = () => process.exit(1);`],
    ['process.abort', `export function leave() { process.abort(); }`],
    ['process.kill', `export const hush = (pid: number) => process.kill(pid, 'SIGTERM');`],
    ['process.chdir', `export const move = (hall: string) => process.chdir(hall);`],
    ['an exit code that is set', `export const fall = () => { process.exitCode = 1; };`],
    ['an exit code that is counted up', `export const fall = () => { (process.exitCode as number)++; };`],
    [
      'an exit behind a cast',
      `export const leave = () => (process as { exit(code: number): void }).exit(1);`,
    ],
    ['an exit behind any', `export const leave = () => (process as any).reallyExit(1);`],
    ['an exit by its name in brackets', `export const leave = () => process['exit'](1);`],
    [
      'an exit by a name that is a constant',
      `const way = 'exit';\nexport const leave = () => process[way](1);`,
      ['index.ts:2'],
    ],
    ['one of two names', `export const leave = (hard: boolean) => process[hard ? 'abort' : 'exit']();`],
    ['an exit through globalThis', `export const leave = () => globalThis.process.exit();`],
    ['an exit through global in brackets', `export const leave = () => global['process'].exit();`],
    [
      'an exit through an untyped globalThis',
      `export const leave = () => (globalThis as any).process.exit();`,
    ],
    ['an exit behind ?. and !', `export const leave = () => process?.exit!();`],
    [
      'an exit that was destructured, where it is called',
      `const { exit } = process;\nexport const leave = () => exit(1);`,
      ['index.ts:2'],
    ],
    [
      'an exit that was destructured under another name',
      `export function leave() {\n  const { exit: quit, env } = process;\n  return env['HALL'] ? quit(1) : undefined;\n}`,
      ['index.ts:3'],
    ],
    [
      'an exit destructured through globalThis',
      `const { process: { exit } } = globalThis;\nexport const leave = () => exit(1);`,
      ['index.ts:2'],
    ],
    [
      'an exit imported by name',
      `import { exit as quit } from 'node:process';\nexport const leave = () => quit(1);`,
      ['index.ts:2'],
    ],
    [
      'an exit of the imported module',
      `import proc from 'process';\nexport const leave = () => proc.exit(1);`,
      ['index.ts:2'],
    ],
    [
      'an exit of the imported namespace',
      `import * as proc from 'node:process';\nexport const leave = () => proc.exit(1);`,
      ['index.ts:2'],
    ],
    [
      'an exit of a module imported when it is needed',
      `export const leave = async () => {\n  const { exit } = await import('node:process');\n  exit(1);\n};`,
      ['index.ts:3'],
    ],
    [
      'an exit of a variable that is process',
      `const p = process;\nconst q = p;\nexport const leave = () => q.exit(1);`,
      ['index.ts:3'],
    ],
    [
      'an exit of an untyped variable that is process',
      `const p: any = process;\nexport const leave = () => p.exit(1);`,
      ['index.ts:2'],
    ],
    [
      'an exit of a parameter that is typed as process',
      `export const leave = (proc: NodeJS.Process = process) => proc.exit(1);`,
    ],
    ['an exit that is handed on', `export const leave = () => setTimeout(process.exit, 100);`],
    ['an exit in a table', `export const ways = { leave: process.exit };`],
    [
      'an exit in a table, destructured before',
      `const { exit } = process;\nexport const ways = { exit };`,
      ['index.ts:2'],
    ],
    [
      'a bound exit, where it is called',
      `const leave = process.exit.bind(process);\nexport const run = () => leave(2);`,
      ['index.ts:2'],
    ],
    ['an exit that is applied', `export const leave = () => Reflect.apply(process.exit, process, [1]);`],
    ['an exit that is called on another this', `export const leave = () => process.exit.call(process, 1);`],
    ['an exit fetched by reflection', `export const leave = () => Reflect.get(process, 'exit')(1);`],
    ['an exit that is replaced', `process.exit = (() => undefined) as never;`],
    [
      'an exit that another file of the plugin exports',
      {
        'index.ts': `import { quit } from './ways.js';\nexport const leave = () => quit(1);`,
        'ways.ts': `export const quit = process.exit;`,
      },
      ['index.ts:2'],
    ],
    [
      'an exit that another file exports, through its namespace',
      {
        'index.ts': `import * as ways from './ways.js';\nexport const leave = () => ways.quit(1);`,
        'ways.ts': `export const { exit: quit } = process;`,
      },
      ['index.ts:2'],
    ],
    [
      'an exit that another file re-exports',
      {
        'index.ts': `import { exit } from './ways.js';\nexport const leave = () => exit(1);`,
        'ways.ts': `export { exit } from 'node:process';`,
      },
      ['index.ts:2'],
    ],
    [
      'an exit that is assigned by destructuring',
      `let exit: (code: number) => never;\n({ exit } = process);\nexport const leave = () => exit(1);`,
      ['index.ts:2'],
    ],
    ['a handler of uncaught exceptions', `process.on('uncaughtException', (error) => console.error(error));`],
    ['a handler of unhandled rejections', `process.once('unhandledRejection', () => {});`],
    ['a handler added in front', `process.prependListener('uncaughtException', () => {});`],
    ['a handler for once in front', `process.prependOnceListener('unhandledRejection', () => {});`],
    [
      'a handler by the name of a constant',
      `const event = 'uncaughtException';\nprocess.addListener(event, () => {});`,
      ['index.ts:2'],
    ],
    [
      'a handler of the events in a list',
      `for (const event of ['uncaughtException', 'unhandledRejection'] as const) {\n  process.on(event as 'uncaughtException', () => {});\n}`,
      ['index.ts:2'],
    ],
    [
      'a handler on the imported module',
      `import process from 'node:process';\nprocess.on('uncaughtException', () => {});`,
      ['index.ts:2'],
    ],
    [
      'a handler by a method that was taken out',
      `const { on } = process;\non.call(process, 'uncaughtException', () => {});`,
      ['index.ts:2'],
    ],
    ['a handler by a name that is cast', `process.on('uncaughtException' as string as any, () => {});`],
    ['a handler by apply', `process.on.apply(process, ['uncaughtException', () => {}] as never);`],
    [
      'an event awaited through node:events',
      `import { once } from 'node:events';\nexport const doom = () => once(process, 'uncaughtException');`,
      ['index.ts:2'],
    ],
    ['a capture call-back', `process.setUncaughtExceptionCaptureCallback(() => {});`],
    [
      'handlers chained on each other',
      `process.on('uncaughtException', () => {})\n  .on('unhandledRejection', () => {});`,
      ['index.ts:1', 'index.ts:1'],
    ],
  ])('%s', (_title, sources, expected = ['index.ts:1']) => {
    expect(findings(sources)).toEqual(expected);
  });

  it('process where Node has no types', () => {
    expect(untyped(`import { exit } from 'node:process-typo';\nexport const leave = () => exit(1);`)).toEqual(
      [],
    );
    expect(untyped(`declare const process: any;\nexport const leave = () => process.exit(1);`)).toEqual([
      'index.ts:2',
    ]);
  });
});

describe('no-process-control accepts', () => {
  it.each<[string, Sources]>([
    ['reading the environment', `export const hall = process.env['HALL'] ?? 'valhalla';`],
    [
      'reading what the process says of itself',
      `export const facts = () => [process.pid, process.cwd(), process.memoryUsage().rss];`,
    ],
    ['the exit code, read', `export const fallen = () => process.exitCode === 1;`],
    ['the clock', `export const now = () => process.hrtime.bigint();`],
    ['a task for later', `export const later = (task: () => void) => process.nextTick(task);`],
    ['a warning', `export const warn = () => process.emitWarning('The gate is open.');`],
    [
      'a destructured environment',
      `const { env, argv } = process;\nexport const facts = [env['HALL'], argv.length];`,
    ],
    [
      'a local variable named process',
      `export const run = (process: { exit(code: number): void }) => process.exit(1);`,
    ],
    [
      'a class named like it',
      `class Process { exit() { return 'left'; } }\nconst process = new Process();\nexport const leave = () => process.exit();`,
    ],
    [
      'an imported thing named process',
      {
        'index.ts': `import { process } from './orders.js';\nexport const done = () => process.exit();`,
        'orders.ts': `export const process = { exit: () => 'left the hall' };`,
      },
    ],
    ['an exit of something else', `export const leave = (room: { exit(): void }) => room.exit();`],
    [
      'a function named exit',
      `function exit(code: number) { return code; }\nexport const leave = () => exit(1);`,
    ],
    [
      'a kill of something else',
      `export const slay = (beast: { kill(blow: string): void }) => beast.kill('axe');`,
    ],
    [
      'a child that is ended',
      `import { spawn } from 'node:child_process';\nexport const run = () => { const child = spawn('ls'); child.kill(); };`,
    ],
    [
      'an abort of a controller',
      `export const stop = () => { const controller = new AbortController(); controller.abort(); };`,
    ],
    [
      'an exit listener of another emitter',
      `import { EventEmitter } from 'node:events';\nexport const hear = (bus: EventEmitter) => bus.on('uncaughtException', () => {});`,
    ],
    ['a word in a string', `export const advice = 'never call process.exit(1)';`],
    [
      'a type that speaks of it',
      `export type Leave = typeof process.exit;\nexport interface Ways { exit: Leave }`,
    ],
    ['a question about its type', `export const canLeave = typeof process.exit === 'function';`],
    [
      'an own method named process',
      `export class Mill { process(grain: string) { return grain; } run() { return this.process('rye'); } }`,
    ],
    [
      'a field named process of an own type',
      `interface Step { process: { abort(): void } }\nexport const stop = (step: Step) => step.process.abort();`,
    ],
    ['a table of words that are events', `export const words = ['uncaughtException', 'exit', 'abort'];`],
    ['listening to the monitor is for another rule', `process.on('uncaughtExceptionMonitor', () => {});`],
    [
      'a property named globalThis',
      `export const leave = (o: { globalThis: { exit(): void } }) => o.globalThis.exit();`,
    ],
    [
      'a queue named process',
      `declare function queue(name: string): { abort(): void };\nexport const stop = () => queue('process').abort();`,
    ],
  ])('%s', (_title, sources) => {
    expect(findings(sources)).toEqual([]);
  });
});

testRulePage(noProcessControl);
