import { describe, expect, it } from 'vitest';
import { cloneableBoundary } from '../../../lib/compiler/rules/cloneable-boundary/cloneable-boundary.js';
import { checkRule, type Sources } from '../../helpers/check-rule.js';
import { testRulePage } from '../../helpers/rule-page.js';

/** Returns the rule's findings, as `index.ts:3 result.items[].onDone`. */
function findings(sources: Sources): string[] {
  return checkRule(cloneableBoundary, sources).map(
    ({ at, problem }) => `${at} ${/ (?:takes|returns) (.*?), which is /.exec(problem)?.[1]}`,
  );
}

/** Returns a live function with this signature, on line 1. */
const live = (signature: string, declarations = '') =>
  `export declare namespace Never {}\n${declarations}`.replace(/^.*\n/, '') === ''
    ? `export async function live_serve${signature} { throw new Error('sealed'); }`
    : `export async function live_serve${signature} { throw new Error('sealed'); }\n${declarations}`;

describe('cloneable-boundary refuses', () => {
  it.each<[string, string, string, string?]>([
    ['a function inside an argument', '(job: { onDone: () => void }): Promise<void>', 'job.onDone'],
    [
      'a function inside an optional field',
      '(job: { onDone?: (() => void) | undefined }): Promise<void>',
      'job.onDone',
    ],
    [
      'a method of an interface',
      '(armory: Armory): Promise<void>',
      'armory.sword',
      'interface Armory { sword(): string }',
    ],
    ['functions in an array', '(steps: Array<() => void>): Promise<void>', 'steps[]'],
    [
      'functions in a readonly array of a readonly object',
      '(plan: Readonly<{ steps: readonly (() => void)[] }>): Promise<void>',
      'plan.steps[]',
    ],
    ['a function in a tuple', '(pair: [string, () => void]): Promise<void>', 'pair[1]'],
    ['a function in a record', '(table: Record<string, () => void>): Promise<void>', 'table[key]'],
    ['a function in a map that is returned', '(): Promise<Map<string, () => void>>', 'result.get(…)'],
    ['a map with keys that are functions', '(): Promise<Map<() => void, string>>', 'result.keys[]'],
    ['a function in a set', '(listeners: Set<() => void>): Promise<void>', 'listeners.values[]'],
    ['a function as the result', '(): Promise<() => void>', 'result'],
    [
      'a function deep inside a result',
      '(): Promise<{ items: { onDone(): void }[] }>',
      'result.items[].onDone',
    ],
    [
      'a function in one member of a union',
      `(job: { kind: 'a'; n: number } | { kind: 'b'; run: () => void }): Promise<void>`,
      'job.run',
    ],
    [
      'a function in an intersection',
      '(job: { id: string } & { run: () => void }): Promise<void>',
      'job.run',
    ],
    [
      'a function in a mapped type',
      '(handlers: Handlers): Promise<void>',
      'handlers.open',
      `type Handlers = { [K in 'open' | 'shut']: () => void };`,
    ],
    [
      'a function in a generic type',
      '(page: Page<() => void>): Promise<void>',
      'page.items[]',
      'interface Page<T> { items: T[]; next?: Page<T> }',
    ],
    [
      'a function that recursion leads to',
      '(tree: Tree): Promise<void>',
      'tree.visit',
      'interface Tree { children: Tree[]; visit?: () => void }',
    ],
    [
      'a function two types lead to in a circle',
      '(north: North): Promise<void>',
      'north.south.gate',
      'interface North { south: South }\ninterface South { north: North; gate: () => void }',
    ],
    [
      'a function that a name with a dash leads to',
      `(job: { 'on-done': () => void }): Promise<void>`,
      'job["on-done"]',
    ],
    [
      'a function in a destructured parameter',
      '({ done }: { done: () => void }): Promise<void>',
      'arguments[0].done',
    ],
    ['the constraint of a type parameter', '<T extends { run(): void }>(job: T): Promise<void>', 'job.run'],
    ['a class', '(type: new () => object): Promise<void>', 'type'],
    ['the class of the platform', '(type: typeof Date): Promise<void>', 'type'],
    ['a symbol', '(mark: symbol): Promise<void>', 'mark'],
    [
      'a unique symbol',
      '(mark: typeof seal): Promise<void>',
      'mark',
      `const seal: unique symbol = Symbol('seal');`,
    ],
    ['a symbol inside a result', '(): Promise<{ mark: symbol }>', 'result.mark'],
    ['a WeakMap', '(): Promise<WeakMap<object, string>>', 'result'],
    ['a WeakSet inside', '(): Promise<{ seen: WeakSet<object> }>', 'result.seen'],
    ['a WeakRef', '(ref: WeakRef<object>): Promise<void>', 'ref'],
    [
      'an instance with methods',
      '(cart: Cart): Promise<void>',
      'cart',
      'class Cart { items: string[] = []; total() { return this.items.length; } }',
    ],
    [
      'an instance with inherited methods',
      '(cart: Cart): Promise<void>',
      'cart',
      'class Base { total() { return 0; } }\nclass Cart extends Base { items: string[] = []; }',
    ],
    [
      'an instance with private fields',
      '(): Promise<{ cart: Cart }>',
      'result.cart',
      'class Cart { #items: string[] = []; size = this.#items.length; }',
    ],
    [
      'an instance with a getter',
      '(cart: Cart): Promise<void>',
      'cart',
      'class Cart { items: string[] = []; get size() { return this.items.length; } }',
    ],
    ['an object that is said to be one', '(job: object & { run(): void }): Promise<void>', 'job.run'],
    [
      'an instance with an automatic accessor',
      '(cart: Cart): Promise<void>',
      'cart',
      'class Cart { accessor size = 0; }',
    ],
    [
      'an instance with a function in a field',
      '(cart: Cart): Promise<void>',
      'cart.total',
      'class Cart { total = () => 0; }',
    ],
    [
      'an instance of a generic class',
      '(): Promise<Box<string>>',
      'result',
      'class Box<T> { constructor(readonly value: T) {} map() { return this.value; } }',
    ],
    [
      'an instance of a class that extends a map',
      '(): Promise<Stock>',
      'result',
      'class Stock extends Map<string, number> { total() { return this.size; } }',
    ],
    ['a promise as an argument', '(name: Promise<string>): Promise<void>', 'name'],
    ['a promise inside a result', '(): Promise<{ later: Promise<string> }>', 'result.later'],
    ['promises in an array', '(): Promise<Promise<string>[]>', 'result[]'],
    ['a generator', '(): Promise<Generator<number>>', 'result'],
    ['an iterable result', '(): Promise<Iterable<number>>', 'result'],
    ['an iterator of a map', '(): Promise<MapIterator<string>>', 'result'],
    ['an async iterable inside', '(): Promise<{ rows: AsyncIterable<string> }>', 'result.rows'],
    [
      'an async iterable inside an argument',
      '(job: { rows: AsyncGenerator<string> }): Promise<void>',
      'job.rows',
    ],
    ['values of an async iterable', '(): Promise<AsyncIterable<{ undo(): void }>>', 'result[].undo'],
    ['an AbortController', '(controller: AbortController): Promise<void>', 'controller'],
    [
      'a port inside a result that nothing moves',
      `(): Promise<{ port: import('node:worker_threads').MessagePort }>`,
      'result.port',
    ],
    [
      'a stream of what cannot cross',
      '(): Promise<{ body: ReadableStream<{ undo(): void }> }>',
      'result.body[].undo',
    ],
    ['a request of node:http', `(request: import('node:http').IncomingMessage): Promise<void>`, 'request'],
    ['a socket', `(): Promise<{ socket: import('node:net').Socket }>`, 'result.socket'],
    ['a stream of Node inside', `(job: { body: import('node:stream').Readable }): Promise<void>`, 'job.body'],
    ['a stream of Node that is written to', `(out: import('node:stream').Writable): Promise<void>`, 'out'],
    ['an emitter', `(bus: import('node:events').EventEmitter): Promise<void>`, 'bus'],
    ['a timer', '(): Promise<NodeJS.Timeout>', 'result'],
    ['file facts, which have methods', `(): Promise<import('node:fs').Stats>`, 'result'],
    [
      'the arguments of a call-back',
      `(onHit: (shot: { undo(): void }) => void): Promise<void>`,
      'onHit(shot).undo',
    ],
    ['the answer of a call-back', '(pick: () => Promise<() => void>): Promise<void>', 'pick()'],
    ['a disposable', '(): Promise<Disposable>', 'result'],
    [
      'an error that holds a function',
      '(): Promise<Failure>',
      'result.retry',
      'class Failure extends Error { retry = () => {}; }',
    ],
    [
      'live types that are pulled from an argument',
      '(fires: AsyncIterable<Live_Fire>): Promise<void>',
      'fires[]',
      'export class Live_Fire { shots = 1; handle() {} }',
    ],
    [
      'live types that a call-back answers',
      '(ask: (name: string) => Promise<Live_Fire[]>): Promise<void>',
      'ask()[]',
      'export class Live_Fire { shots = 1; handle() {} }',
    ],
    [
      'types that live types hold',
      '(fire: Live_Fire): Promise<void>',
      'fire.onDone',
      'export class Live_Fire { shots = 1; onDone?: () => void; handle() {} }',
    ],
  ])('%s', (_title, signature, path, declarations = '') => {
    expect(findings(live(signature, declarations))).toEqual([`index.ts:1 ${path}`]);
  });

  it.each<[string, Sources, string[]]>([
    [
      'an argument and a result, each where it stands',
      `export async function live_trade(\n  order: { undo(): void },\n): Promise<{ undo(): void }> { return order; }`,
      ['index.ts:2 order.undo', 'index.ts:3 result.undo'],
    ],
    [
      'an inferred result, at the name',
      `\nexport const live_open = async () => ({ gate: { shut: () => true } });`,
      ['index.ts:2 result.gate.shut'],
    ],
    [
      'each overload',
      `export function live_open(gate: string): Promise<void>;
export function live_open(gate: () => string): Promise<() => void>;
export async function live_open(_gate: unknown): Promise<never> { throw new Error('sealed'); }`,
      ['index.ts:2 result'],
    ],
    [
      'a live type that an export or a function gives to callers without its class',
      `import { definePlugin } from 'liveswap/plugin';
export class Live_Fire { shots = 1; async handle() {} }
export default definePlugin({
  exports: {
    make: () => [new Live_Fire()],
  },
  functions: {
    find: async () => ({ fire: new Live_Fire() }),
  },
});`,
      ['index.ts:5 result[]', 'index.ts:8 result.fire'],
    ],
    [
      'a live type of another plugin, whose class this one does not have',
      {
        'index.ts': `import type { Live_Fire } from '../armory/index.js';\nexport async function live_store(fire: Live_Fire) { return fire.shots; }`,
        '../armory/index.ts': `export class Live_Fire { shots = 1; handle() {} }`,
      },
      ['index.ts:2 fire'],
    ],
    [
      'an export',
      `import { definePlugin } from 'liveswap/plugin';
export default definePlugin({
  exports: {
    salute: (name: string) => name,
    open: () => ({ shut() {} }),
  },
});`,
      ['index.ts:5 result.shut'],
    ],
    [
      'an export of a function that is declared in another file',
      {
        'index.ts': `import { definePlugin } from 'liveswap/plugin';
import { open } from './gate.js';
export default definePlugin({ exports: () => ({ open }) });`,
        'gate.ts': `export function open(\n  how: { fast: symbol },\n) { return String(how.fast); }`,
      },
      ['gate.ts:2 how.fast'],
    ],
    [
      'exports made by an async function, behind a variable',
      `import { definePlugin } from 'liveswap/plugin';
const make = async () => ({ open: (gate: WeakSet<object>) => gate.has({}) });
const plugin = definePlugin({ exports: make });
export { plugin as default };`,
      ['index.ts:2 gate'],
    ],
    [
      'exports of one of two plugins',
      `import { definePlugin } from 'liveswap/plugin';
export default process.env['HALL']
  ? definePlugin({ exports: { open: () => 1 } })
  : definePlugin({ functions: { shut: () => Symbol('shut') } });`,
      ['index.ts:4 result'],
    ],
    [
      'a function of the plugin',
      `import { definePlugin } from 'liveswap/plugin';
export default definePlugin({
  functions: { *polish(times: number) { yield times; } },
});`,
      ['index.ts:3 result'],
    ],
    [
      'a method of the platform that is exported as it is',
      `import { definePlugin } from 'liveswap/plugin';
export default definePlugin({ exports: { open: fetch } });`,
      ['index.ts:2 init.body'],
    ],
    [
      'parameters of a live function in a variable, through its type',
      `type Serve = (job: { run(): void }) => Promise<void>;\nexport const live_serve: Serve = async () => {};`,
      ['index.ts:1 job.run'],
    ],
    [
      'a live function under the name it is exported with',
      `async function serve(job: { run(): void }) { job.run(); }\nexport { serve as live_serve };`,
      ['index.ts:1 job.run'],
    ],
  ])('%s', (_title, sources, expected) => {
    expect(findings(sources)).toEqual(expected);
  });

  it('with the path, the reason and what to do', () => {
    const [finding] = checkRule(
      cloneableBoundary,
      `export async function live_list(): Promise<{ items: { onDone: () => void }[] }> { return { items: [] }; }`,
    );
    expect(finding?.problem).toBe(
      'Live function live_list returns result.items[].onDone, which is a function, and functions cross a thread only as arguments of their own.',
    );
    expect(finding?.remedy).toMatch(/^Return data/);
  });
});

describe('cloneable-boundary accepts', () => {
  it.each<[string, string, string?]>([
    [
      'primitives',
      '(name: string, shots: number, at: bigint, hot: boolean, none: null, rest?: undefined): Promise<void>',
    ],
    [
      'plain objects and arrays',
      '(order: { id: string; lines: { sku: string; count: number }[] }): Promise<readonly string[]>',
    ],
    [
      'dates, maps, sets and expressions',
      '(when: Date, tags: Set<string>, by: ReadonlyMap<string, Date[]>): Promise<{ pattern: RegExp }>',
    ],
    [
      'buffers and typed arrays',
      '(raw: Buffer, view: DataView, shared: SharedArrayBuffer): Promise<{ pixels: Uint8ClampedArray; whole: ArrayBuffer; any: NodeJS.TypedArray; some: ArrayBufferView }>',
    ],
    [
      'a call-back as an argument',
      '(name: string, onProgress: (done: number, of: number) => void): Promise<void>',
    ],
    ['an optional call-back', '(onDone?: ((error: Error | null) => Promise<boolean>) | null): Promise<void>'],
    [
      'a call-back that is given a call-back',
      '(visit: (name: string, stop: () => void) => void): Promise<void>',
    ],
    ['call-backs as rest arguments', '(...listeners: Array<(name: string) => void>): Promise<void>'],
    [
      'a call-back that takes itself',
      '(run: Run): Promise<void>',
      'type Run = (again: Run, other: Run, third: Run) => void;',
    ],
    ['Function', '(run: Function): Promise<void>'],
    ['an AbortSignal', '(signal: AbortSignal): Promise<AbortSignal>'],
    ['an AbortSignal inside', '(url: string, options: { signal?: AbortSignal }): Promise<void>'],
    ['a stream inside', '(job: { body: ReadableStream<string> }): Promise<{ body: ReadableStream }>'],
    ['a URL, also inside', '(url: URL): Promise<{ link: URL; query: URLSearchParams }>'],
    ['requests and answers', '(request: Request): Promise<{ answer: Response }>'],
    ['headers and forms', '(headers: Headers, form: FormData, file: File): Promise<Headers[]>'],
    [
      'streams',
      '(body: ReadableStream<Uint8Array>, out: WritableStream<string>): Promise<ReadableStream<{ line: string }>>',
    ],
    [
      'the streams of node:stream/web',
      `(body: import('node:stream/web').ReadableStream<string>): Promise<void>`,
    ],
    [
      'a stream of Node, which arrives as an async iterable',
      `(body: import('node:stream').Readable, raw: NodeJS.ReadableStream): Promise<import('node:fs').ReadStream>`,
    ],
    [
      'values made of one',
      `(socket: import('node:net').Socket): Promise<import('node:zlib').Gunzip | Lines>`,
      `import { Transform } from 'node:stream'; class Lines extends Transform { rows() { return 1; } }`,
    ],
    ['a port', `(port: import('node:worker_threads').MessagePort): Promise<void>`],
    [
      'a port inside an argument, which the caller may move',
      `(job: { port: import('node:worker_threads').MessagePort }): Promise<void>`,
    ],
    ['an async iterable', '(rows: AsyncIterable<{ id: string }>): Promise<AsyncIterableIterator<string>>'],
    [
      'an async iterable of the plugin',
      '(): Promise<Feed>',
      'class Feed { async *[Symbol.asyncIterator]() { yield 1; } }',
    ],
    ['an iterable argument', '(names: Iterable<string>): Promise<void>'],
    ['an array-like argument', '(names: ArrayLike<string>): Promise<void>'],
    ['errors', '(error: Error, cause: AggregateError, raw: NodeJS.ErrnoException): Promise<TypeError[]>'],
    [
      'errors of the plugin',
      '(): Promise<{ error: Failure }>',
      'class Failure extends Error { constructor(readonly code: string) { super(code); } describe() { return this.code; } }',
    ],
    [
      'a blob and a key',
      `(blob: Blob, key: import('node:crypto').KeyObject): Promise<import('node:crypto').webcrypto.CryptoKey>`,
    ],
    ['any and unknown', '(anything: any, something: unknown): Promise<Record<string, unknown>>'],
    ['object and {}', '(anything: object, something: {}): Promise<Object>'],
    ['type parameters', '<T, U extends { id: string }>(value: T, other: U[]): Promise<Map<string, T>>'],
    [
      'indexed and conditional types',
      `<K extends keyof Orders>(kind: K, order: Orders[K]): Promise<Orders[K] extends { id: infer Id } ? Id : never>`,
      'interface Orders { sword: { id: string }; shield: { id: number; size: number } }',
    ],
    [
      'unions of literals and enums',
      `(state: 'up' | 'down', rank: Rank): Promise<Rank | 'none'>`,
      'enum Rank { Page, Knight }',
    ],
    ['template literal types', '(id: `order-${number}`): Promise<Uppercase<string>>'],
    [
      'branded strings',
      '(id: OrderId): Promise<Record<OrderId, number>>',
      `declare const brand: unique symbol;\ntype OrderId = string & { readonly [brand]: 'OrderId' };`,
    ],
    [
      'strings branded by a plain field',
      '(id: OrderId): Promise<OrderId[]>',
      `type OrderId = string & { __brand: 'OrderId' };`,
    ],
    [
      'branded objects',
      '(order: Order): Promise<void>',
      `declare const brand: unique symbol;\ntype Order = { id: string } & { readonly [brand]?: true };`,
    ],
    [
      'recursive types',
      '(tree: Tree): Promise<Json>',
      'interface Tree { value: number; children: Tree[] }\ntype Json = string | number | boolean | null | Json[] | { [key: string]: Json };',
    ],
    [
      'types that grow as they recurse',
      '(nest: Nest<string>): Promise<void>',
      'interface Nest<T> { value: T; inner?: Nest<T[]> }',
    ],
    [
      'tuples with optional and rest elements',
      '(at: [x: number, y: number, z?: number, ...rest: string[]]): Promise<readonly [string, Date]>',
    ],
    [
      'mapped types',
      '(patch: Partial<Order>): Promise<Readonly<Pick<Order, "id">> & Omit<Order, "id">>',
      'interface Order { id: string; lines: string[]; at?: Date }',
    ],
    [
      'index signatures',
      '(labels: { [name: string]: string | undefined; hall: string }): Promise<{ [at: number]: Date }>',
    ],
    [
      'classes that are only data',
      '(at: Point): Promise<Point>',
      'class Point { constructor(readonly x = 0, public y = 0, private label = "") { void this.label; } static origin() { return new Point(); } }',
    ],
    [
      'live types',
      '(fire: Live_Fire): Promise<Live_Fire[]>',
      'export class Live_Fire { shots = 1; #hot = true; get hot() { return this.#hot; } async handle() {} }',
    ],
    [
      'live types that a live function yields, or gives to a call-back',
      '(each: (fire: Live_Fire) => void): Promise<AsyncIterable<Live_Fire>>',
      'export class Live_Fire { shots = 1; handle() {} }',
    ],
    [
      'live types that inherit their methods',
      '(fire: Live_Fire): Promise<Readonly<Live_Fire>>',
      'class Job { id = 1; run() {} }\nexport class Live_Fire extends Job { shots = 1; }',
    ],
    [
      'live types in variables',
      '(fire: InstanceType<typeof Live_Fire>): Promise<void>',
      'export const Live_Fire = class { shots = 1; handle() {} };',
    ],
    [
      'an interface that extends an array',
      '(rows: Rows): Promise<RegExpMatchArray | null>',
      'interface Rows extends Array<string> { total: number }',
    ],
    [
      'a class that extends a map and adds data',
      '(): Promise<Stock>',
      'class Stock extends Map<string, number> { hall = "north"; }',
    ],
    ['a promise of a promise', '(): Promise<Promise<string>>'],
    ['a value or a promise', '(name: string): string | Promise<string>'.replace('(name', '(name')],
    ['never', '(): Promise<never>'],
    [
      'data of the platform',
      `(usage: NodeJS.MemoryUsage, cpus: import('node:os').CpuInfo[], options: Intl.NumberFormatOptions): Promise<NodeJS.ProcessVersions>`,
    ],
    [
      'getters of an interface',
      '(cart: Cart): Promise<void>',
      'interface Cart { get size(): number; set size(size: number) }',
    ],
    [
      'a result of as const',
      '(): Promise<typeof gates>',
      `const gates = { north: ['a', 'b'], south: { open: true } } as const;`,
    ],
    ['a this parameter', '(this: void, name: string): Promise<string>'],
  ])('%s', (_title, signature, declarations = '') => {
    const source = live(signature, declarations);
    const sync = /\): string \| Promise<string>/.test(signature)
      ? source.replace('async function', 'function')
      : source;
    expect(findings(sync)).toEqual([]);
  });

  it.each<[string, Sources]>([
    [
      'an async generator',
      `export async function* live_count(to: number) { for (let at = 0; at < to; at++) yield { at }; }`,
    ],
    ['a generator, which another rule refuses', `export function* live_count() { yield 1; }`],
    [
      'a live function that is not exported, which another rule refuses',
      `async function live_serve(job: { run(): void }) { job.run(); }\nvoid live_serve;`,
    ],
    [
      'functions that are not called from afar',
      `export async function serve(job: { run(): void }) { return () => job.run(); }\nexport class Gate { live_open(run: { now(): void }) { return run.now; } }`,
    ],
    [
      'live data, alone and inside',
      `import { LiveData } from 'liveswap/plugin';
export async function live_next(done: LiveData<string>): Promise<{ job: LiveData<{ id: string }>; done: LiveData }> {
  return { job: LiveData.wrap({ id: 'sword' }), done };
}`,
    ],
    [
      'a stream inside a result that is moved',
      `import { transfer } from 'liveswap/plugin';
export async function live_read(): Promise<{ body: ReadableStream }> { const body = new ReadableStream(); return transfer({ body }, [body]); }`,
    ],
    [
      'hooks, whose parameters do not cross',
      `import { definePlugin } from 'liveswap/plugin';
export default definePlugin({ onLoad: (data) => () => data, onInit: (vault) => vault, onFree: () => Symbol('freed'), reloadable: () => true });`,
    ],
    [
      'plain exports and functions',
      `import { definePlugin } from 'liveswap/plugin';
const plugin = definePlugin({
  exports: async () => ({ salute: async (name: string, onDone: () => void) => { onDone(); return { name, at: new Date() }; } }),
  functions: { polish: (times: number) => \`Polished \${times} times.\`, async *count() { yield 1; } },
});
export default plugin;`,
    ],
    [
      'live data of a live type of another plugin',
      {
        'index.ts': `import type { LiveData } from 'liveswap/plugin';\nimport type { Live_Fire } from '../armory/index.js';\nexport async function live_store(fire: LiveData<Live_Fire>): Promise<LiveData<Live_Fire>> { return fire; }`,
        '../armory/index.ts': `export class Live_Fire { shots = 1; handle() {} }`,
      },
    ],
    [
      'live types that exports and functions take',
      `import { definePlugin } from 'liveswap/plugin';
export class Live_Fire { shots = 1; async handle() {} }
export class Live_Note { text = ''; }
export default definePlugin({
  exports: { store: (fire: Live_Fire) => fire.shots, note: () => new Live_Note() },
  functions: { count: (fires: Live_Fire[]) => fires.length },
});`,
    ],
    ['a root without a plugin', `export const exports = { open: () => () => {} };`],
  ])('%s', (_title, sources) => {
    expect(findings(sources)).toEqual([]);
  });
});

testRulePage(cloneableBoundary);
