/** A mistake that somebody could make in one of the plugins of the fixtures. */
export interface Fault {
  readonly title: string;
  /** Relative to the folder of the plugins. */
  readonly file: string;
  /** What is replaced; the end of the file when it is missing. */
  readonly from?: string;
  readonly to: string;
  readonly rule: string;
  /** The file it is found in, when that is another one. */
  readonly foundIn?: string;
  /** Part of the line, and of no other, where it is found. */
  readonly line: string;
}

const globals: readonly Fault[] = [
  {
    title: 'a cache in a module',
    file: 'treasury/invoices/numbers.ts',
    to: `const issued = new Map<string, number>();\nexport const isIssued = (id: string) => issued.has(id);`,
    rule: 'no-globals',
    line: 'const issued',
  },
  {
    title: 'a table that is added to',
    file: 'gatehouse/limits/policy.ts',
    to: `export function addPlan(name: string) {\n  plans.set(name, fallback);\n}`,
    rule: 'no-globals',
    line: 'const plans',
  },
  {
    title: 'a counter in a module',
    file: 'herald/limits/flood.ts',
    to: `let floods = 0;\nexport const countFlood = () => ++floods;`,
    rule: 'no-globals',
    line: 'let floods',
  },
  {
    title: 'a counter in a class',
    file: 'gatehouse/http/api-error.ts',
    from: `  override readonly name = 'ApiError';`,
    to: `  static thrown = 0;\n  override readonly name = 'ApiError';\n  readonly serial = ++ApiError.thrown;`,
    rule: 'no-globals',
    line: 'static thrown',
  },
  {
    title: 'a store that is made once',
    file: 'arena/math/random.ts',
    to: `export const luck = (() => {\n  let state = 1;\n  return () => (state = (state * 48271) % 2147483647);\n})();`,
    rule: 'no-globals',
    line: 'export const luck',
  },
  {
    title: 'a value put on globalThis',
    file: 'mill/support/batched.ts',
    to: `export const share = (rows: unknown[]) => Object.assign(globalThis, { rows });`,
    rule: 'no-globals',
    line: 'export const share',
  },
  {
    title: 'a variable put into the environment',
    file: 'treasury/payments/gateway.ts',
    to: `export const useSandbox = () => {\n  process.env['PAYMENTS_URL'] = 'http://127.0.0.1:9/sandbox';\n};`,
    rule: 'no-globals',
    line: `process.env['PAYMENTS_URL'] = `,
  },
];

const tasks: readonly Fault[] = [
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

const imports: readonly Fault[] = [
  {
    title: 'code of another plugin',
    file: 'gatehouse/deps.ts',
    to: `import { backOff } from '../treasury/jobs/back-off.js';\nexport const again = backOff(1, new Date(0));`,
    rule: 'no-cross-imports',
    line: 'import { backOff }',
  },
  {
    title: 'an import that was a type before',
    file: 'herald/deps.ts',
    from: `import type { ArenaApi } from '../arena/index.js';`,
    to: `import arenaPlugin, { type ArenaApi } from '../arena/index.js';\nexport const isReloadable = arenaPlugin.reloadable !== false;`,
    rule: 'no-cross-imports',
    line: 'import arenaPlugin',
  },
  {
    title: 'code of another plugin when it is needed',
    file: 'herald/commands/dice.ts',
    to: `export const luck = async (seed: number) => (await import('../../arena/math/random.js')).random(seed).next();`,
    rule: 'no-cross-imports',
    line: `import('../../arena`,
  },
  {
    title: 'code of another plugin passed on',
    file: 'mill/sources/invoices.ts',
    to: `export { entriesOf as ledgerOf } from '../../treasury/ledger/post.js';`,
    rule: 'no-cross-imports',
    line: 'entriesOf as ledgerOf',
  },
  {
    title: 'code of another plugin by require',
    file: 'mill/runs/history.ts',
    to: `import { createRequire } from 'node:module';\nconst load = createRequire(import.meta.url);\nexport const words = () => load('../../herald/message.js');`,
    rule: 'no-cross-imports',
    line: `load('../../herald`,
  },
  {
    title: 'an enum of another plugin',
    file: 'treasury/support/errors.ts',
    to: `import { Status } from '../../gatehouse/index.js';\nexport const statusOf = (error: Error) => (error.cause ? Status.Conflict : Status.Internal);`,
    rule: 'no-cross-imports',
    line: 'import { Status }',
  },
  {
    title: 'a file of the host',
    file: 'arena/world/generate.ts',
    to: `import { settings } from '../../../host/settings.js';\nexport const hall = () => settings.hall;`,
    rule: 'no-cross-imports',
    line: 'import { settings }',
  },
];

const process: readonly Fault[] = [
  {
    title: 'an exit in a hook',
    file: 'treasury/index.ts',
    from: `  async onFree() {`,
    to: `  async onFree() {\n    if ((await pendingJobs()).length === 0) process.exit(0);`,
    rule: 'no-process-control',
    line: 'process.exit(0)',
  },
  {
    title: 'an exit that was imported',
    file: 'arena/live/order.ts',
    to: `import { exit as surrender } from 'node:process';\nexport const giveUp = () => surrender(1);`,
    rule: 'no-process-control',
    line: 'surrender(1)',
  },
  {
    title: 'a kill that was taken out',
    file: 'herald/commands/forget.ts',
    to: `const { kill: strike, pid } = globalThis.process;\nexport const end = () => strike(pid, 'SIGKILL');`,
    rule: 'no-process-control',
    line: 'strike(pid',
  },
  {
    title: 'another working folder',
    file: 'mill/pipelines/harvest.ts',
    from: 'const clean = ',
    to: 'process.chdir(folder);\nconst clean = ',
    rule: 'no-process-control',
    line: 'process.chdir',
  },
  {
    title: 'a handler of errors that nobody caught',
    file: 'mill/pipelines/run.ts',
    to: `for (const event of ['uncaughtException'] as const) process.on(event, (error) => console.error(error));`,
    rule: 'no-process-control',
    line: 'process.on(event',
  },
  {
    title: 'an exit code',
    file: 'gatehouse/middleware/errors.ts',
    from: `    return exchange.reply(Status.Internal);`,
    to: `    process.exitCode = 70;\n    return exchange.reply(Status.Internal);`,
    rule: 'no-process-control',
    line: 'process.exitCode',
  },
];

const boundaries: readonly Fault[] = [
  {
    title: 'a call-back inside options',
    file: 'herald/outbox/drain.ts',
    from: 'live_drainOutbox(deliver: Deliver)',
    to: 'live_drainOutbox({ deliver }: { deliver: Deliver })',
    rule: 'cloneable-boundary',
    line: '{ deliver }: { deliver',
  },
  {
    title: 'an instance as a result',
    file: 'arena/replay/recording.ts',
    to: `export async function live_replay(recording: Recording) {\n  return new Replay(recording);\n}`,
    rule: 'cloneable-boundary',
    line: 'live_replay(',
  },
  {
    title: 'a stream inside a result that is not moved any more',
    file: 'gatehouse/live/export.ts',
    from: `import { transfer } from 'liveswap/plugin';`,
    to: `const transfer = <T>(value: T, _list: unknown[]): T => value;`,
    rule: 'cloneable-boundary',
    line: 'Promise<CsvExport>',
  },
  {
    title: 'a signal inside options',
    file: 'mill/live/tail.ts',
    from: `  readonly since?: Date;`,
    to: `  readonly since?: Date;\n  readonly signal?: AbortSignal;`,
    rule: 'cloneable-boundary',
    line: 'export const live_tail',
  },
  {
    title: 'functions in a map',
    file: 'treasury/reports/ageing.ts',
    to: `export async function live_escalations(): Promise<Map<Bucket, () => Promise<void>>> {\n  return new Map();\n}`,
    rule: 'cloneable-boundary',
    line: 'live_escalations',
  },
  {
    title: 'an optional function deep in a result',
    file: 'gatehouse/http/types.ts',
    from: `export interface ApiResponse {`,
    to: `export interface ApiResponse {\n  readonly trailers?: { readonly after?: () => void };`,
    rule: 'cloneable-boundary',
    foundIn: 'gatehouse/http/handle.ts',
    line: 'function live_handle',
  },
  {
    title: 'an instance that an export returns',
    file: 'treasury/index.ts',
    from: `exports: () => ({ bill,`,
    to: `exports: () => ({\n    invoices: async () => new (await import('./invoices/store.js')).InvoiceStore(),\n    bill,`,
    rule: 'cloneable-boundary',
    line: 'invoices: async',
  },
  {
    title: 'a URL in what an export returns',
    file: 'arena/world/summary.ts',
    from: `  readonly flying: number;`,
    to: `  readonly flying: number;\n  readonly picture?: URL;`,
    rule: 'cloneable-boundary',
    foundIn: 'arena/index.ts',
    line: 'summary: async',
  },
  {
    title: 'a symbol in a call-back',
    file: 'gatehouse/live/upload.ts',
    from: 'onProgress?: (bytes: number) => void',
    to: 'onProgress?: (bytes: number, phase?: symbol) => void',
    rule: 'cloneable-boundary',
    line: 'phase?: symbol',
  },
];

const shapes: readonly Fault[] = [
  {
    title: 'a live type that needs an argument',
    file: 'mill/live/ticket.ts',
    to: `export class Live_Slip {\n  constructor(readonly pipeline: string) {}\n}`,
    rule: 'plugin-shape',
    line: 'class Live_Slip',
  },
  {
    title: 'a live function without export',
    file: 'treasury/live/refund.ts',
    from: 'export async function live_refund',
    to: 'async function live_refund',
    rule: 'plugin-shape',
    line: 'function live_refund',
  },
  {
    title: 'two live functions of one name',
    file: 'gatehouse/live/upload.ts',
    to: `export async function live_exportOrders(): Promise<void> {}`,
    rule: 'plugin-shape',
    line: 'live_exportOrders',
  },
  {
    title: 'a default export that is only a copy',
    file: 'herald/index.ts',
    from: 'export default plugin;',
    to: 'export default { ...plugin };',
    rule: 'plugin-shape',
    line: 'export default',
  },
  {
    title: 'a generator that is live',
    file: 'arena/live/frames.ts',
    to: `export function* live_still(): Generator<Frame> {\n  yield { tick: 0, positions: new Map() };\n}`,
    rule: 'plugin-shape',
    line: 'live_still',
  },
  {
    title: 'an abstract live type',
    file: 'treasury/live/dunning.ts',
    to: `export abstract class Live_Round {\n  abstract handle(): Promise<void>;\n}`,
    rule: 'plugin-shape',
    line: 'class Live_Round',
  },
];

export const faults: readonly Fault[] = [
  ...globals,
  ...tasks,
  ...imports,
  ...process,
  ...boundaries,
  ...shapes,
];
