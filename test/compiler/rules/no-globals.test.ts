import { describe, expect, it } from 'vitest';
import { noGlobals } from '../../../lib/compiler/rules/no-globals/no-globals.js';
import { checkRule, type Sources } from '../../helpers/check-rule.js';
import { testRulePage } from '../../helpers/rule-page.js';

/** Title, sources, and where the one finding is. */
type Refused = readonly [title: string, sources: Sources, at: string, says?: RegExp];
type Accepted = readonly [title: string, sources: Sources];

const refused: readonly Refused[] = [
  [
    'a let that a function reassigns',
    `let hits = 0;\nexport const live_hit = () => ++hits;`,
    'index.ts:1',
    /index\.ts:2/,
  ],
  [
    'a var that a function reassigns',
    `export var last: string | undefined;\nexport function live_note(name: string) { last = name; }`,
    'index.ts:1',
  ],
  [
    'a let that is assigned by destructuring',
    `let first = 0, second = 0;\nexport function live_swap() { [first] = [second]; }`,
    'index.ts:1',
  ],
  [
    'a variable that is the loop variable of a function',
    `let name = '';\nexport function live_all(names: string[]) { for (name of names) console.log(name); }`,
    'index.ts:1',
  ],
  [
    'what a function gives to the callbacks of its callers, one of which changes it',
    `const post = { guards: 1 };\nfunction withPost<T>(use: (held: typeof post) => T): T { return use(post); }\nexport const live_relieve = () => withPost((held) => ++held.guards);`,
    'index.ts:1',
    /index\.ts:3/,
  ],
  ['an empty Map', `export const sessions = new Map<string, number>();`, 'index.ts:1', /empty Map/],
  [
    'an empty array',
    `const queue: string[] = [];\nexport const live_size = () => queue.length;`,
    'index.ts:1',
  ],
  [
    'an empty object',
    `const cache: Record<string, string> = {};\nexport const live_get = (k: string) => cache[k];`,
    'index.ts:1',
  ],
  [
    'an object without a prototype',
    `const cache = Object.create(null);\nexport const live_get = (k: string) => cache[k];`,
    'index.ts:1',
  ],
  [
    'a weak map',
    `const owners = new WeakMap<object, string>();\nexport const live_owner = (o: object) => owners.get(o);`,
    'index.ts:1',
  ],
  [
    'a frozen Map, which can be filled all the same',
    `export const seen = Object.freeze(new Map<string, number>());`,
    'index.ts:1',
  ],
  [
    'a filled array that a function adds to',
    `const names = ['Ironkill'];\nexport function live_add(name: string) { names.push(name); }`,
    'index.ts:1',
    /index\.ts:2/,
  ],
  [
    'an object of which a function changes a field',
    `const settings = { retries: 3 };\nexport function live_set(n: number) { settings.retries = n; }`,
    'index.ts:1',
  ],
  [
    'a nested container that is changed',
    `const state = { jobs: { open: ['a'] } };\nexport function live_add(job: string) { const { jobs: { open } } = state; open.push(job); }`,
    'index.ts:1',
  ],
  [
    'an object that changes itself',
    `export const counter = { n: 0, next() { return ++this.n; } };`,
    'index.ts:1',
  ],
  [
    'a container that is changed in another file, through a re-export',
    {
      'index.ts': `export { seen as known } from './state.js';`,
      'state.ts': `export const seen = new Set(['a']);`,
      'jobs/roll-call.ts': `import { known } from '../index.js';\n\nexport function live_see(name: string) { known.add(name); }`,
    },
    'state.ts:1',
    /jobs\/roll-call\.ts:3/,
  ],
  [
    'a container that is changed through a namespace',
    {
      'index.ts': `import * as state from './state.js';\nexport const live_see = (n: string) => state.seen.add(n);`,
      'state.ts': `export const seen = new Set(['a']);`,
    },
    'state.ts:1',
    /index\.ts:2/,
  ],
  [
    'a container that a helper in another file changes',
    {
      'index.ts': `import { remember } from './remember.js';\nconst seen = ['a'];\nexport const live_see = (n: string) => remember(seen, n);`,
      'remember.ts': `export function remember(list: string[], name: string) {\n  list.push(name);\n}`,
    },
    'index.ts:2',
    /remember\.ts:2/,
  ],
  [
    'a container that a getter gives away',
    {
      'index.ts': `import { all } from './state.js';\nexport const live_see = (n: string) => all().push(n);`,
      'state.ts': `const seen = ['a'];\nexport function all() { return seen; }`,
    },
    'state.ts:1',
    /index\.ts:2/,
  ],
  [
    'an element that is changed in a loop',
    `const guards = [{ name: 'a', shifts: 0 }];\nexport function live_shift() { for (const guard of guards) guard.shifts++; }`,
    'index.ts:1',
  ],
  [
    'an element that is changed in a forEach',
    `const guards = [{ name: 'a', shifts: 0 }];\nexport function live_shift() { guards.forEach((guard) => { guard.shifts += 1; }); }`,
    'index.ts:1',
  ],
  [
    'an element that is found and changed',
    `const guards = [{ name: 'a', shifts: 0 }];\nexport function live_shift() { const g = guards.find((guard) => guard.name === 'a'); if (g) g.shifts = 2; }`,
    'index.ts:1',
  ],
  [
    'a container that is the default of a parameter which is changed',
    `const known = ['a'];\nexport function live_add(name: string, list = known) { list.push(name); return list; }`,
    'index.ts:1',
  ],
  [
    'a sort in place',
    `const order = ['b', 'a'];\nexport const live_sorted = () => order.sort();`,
    'index.ts:1',
  ],
  [
    'a default export that is changed elsewhere',
    {
      'index.ts': `import settings from './settings.js';\nexport function live_set() { settings.retries = 5; }`,
      'settings.ts': `export default { retries: 3 };`,
    },
    'settings.ts:1',
    /index\.ts:2/,
  ],
  [
    'a function with a counter of its own',
    `export function live_next() { return ++live_next.count; }\nlive_next.count = 0;`,
    'index.ts:1',
  ],
  [
    'an instance with a writable field',
    `class Counter { n = 0; next() { return ++this.n; } }\nexport const counter = new Counter();`,
    'index.ts:2',
    /`n`/,
  ],
  [
    'an instance with a private field that is written',
    `class Counter { #n = 0; next() { return ++this.#n; } }\nconst counter = new Counter();\nexport const live_next = () => counter.next();`,
    'index.ts:2',
  ],
  [
    'an instance whose readonly field holds what its methods change',
    `class Registry { readonly #names = new Set(['a']); add(name: string) { this.#names.add(name); } }\nexport const registry = new Registry();`,
    'index.ts:2',
  ],
  [
    'an emitter',
    `import { EventEmitter } from 'node:events';\nexport const bus = new EventEmitter();`,
    'index.ts:2',
  ],
  [
    'an instance of an own emitter',
    `import { EventEmitter } from 'node:events';\nclass Bus extends EventEmitter {}\nexport const bus = new Bus();`,
    'index.ts:3',
  ],
  [
    'an instance inside an object',
    `class Counter { n = 0; next() { return ++this.n; } }\nexport const parts = { counter: new Counter() };`,
    'index.ts:2',
  ],
  [
    'a regular expression that remembers where it is',
    `const WORD = /\\w+/g;\nexport const live_has = (text: string) => WORD.test(text);`,
    'index.ts:1',
  ],
  ['a sticky one made by its constructor', `export const token = new RegExp('[a-z]+', 'y');`, 'index.ts:1'],
  [
    'a closure made at module level',
    `const next = (() => { let n = 0; return () => ++n; })();\nexport const live_next = () => next();`,
    'index.ts:1',
  ],
  ['a closure over a parameter', `export const live_next = ((n: number) => () => ++n)(0);`, 'index.ts:1'],
  [
    'a closure over a default parameter',
    `export const live_next = ((seen = new Set<string>()) => (name: string) => seen.add(name).size)();`,
    'index.ts:1',
  ],
  [
    'a counter made by a factory in another file',
    {
      'index.ts': `import { counter } from './counter.js';\nconst next = counter();\nexport const live_next = () => next();`,
      'counter.ts': `export function counter(start = 0) {\n  let n = start;\n  return () => ++n;\n}`,
    },
    'index.ts:2',
    /counter\.ts:3/,
  ],
  [
    'an own memoize',
    `function memoize<A, R>(fn: (a: A) => R) { const cache = new Map<A, R>(); return (a: A) => { if (!cache.has(a)) cache.set(a, fn(a)); return cache.get(a); }; }\nexport const live_square = memoize((n: number) => n * n);`,
    'index.ts:2',
  ],
  [
    'a store made by a factory',
    `function createStore() { const items: string[] = []; return { add(item: string) { items.push(item); }, all: () => [...items] }; }\nexport const store = createStore();`,
    'index.ts:2',
  ],
  [
    'a factory that gives an empty Map',
    `function createCache() { return new Map<string, string>(); }\nconst cache = createCache();\nexport const live_get = (k: string) => cache.get(k);`,
    'index.ts:2',
  ],
  [
    'a generator kept at module level',
    `function* numbers() { for (let n = 0; ; n++) yield n; }\nconst ids = numbers();\nexport const live_id = () => ids.next().value;`,
    'index.ts:2',
  ],
  [
    'state in a static block',
    `export class Forge { static next: () => number; static { let n = 0; Forge.next = () => ++n; } }`,
    'index.ts:1',
  ],
  [
    'a static field that is written',
    `export class Forge { static made = 0; make() { Forge.made++; } }`,
    'index.ts:1',
  ],
  [
    'a static field written through this',
    `export class Forge { static #made = 0; static make() { return ++this.#made; } }`,
    'index.ts:1',
  ],
  [
    'a static container',
    `export class Forge { static readonly known = new Map<string, Forge>(); }`,
    'index.ts:1',
  ],
  [
    'a singleton in a static field',
    `export class Forge { static #one?: Forge; static get one() { return (this.#one ??= new Forge()); } }`,
    'index.ts:1',
  ],
  [
    'a decorator that keeps a counter',
    `function counted(target: (this: unknown) => number, _context: ClassMethodDecoratorContext) { let n = 0; return function (this: unknown) { n += 1; return target.call(this) + n; }; }\nexport class Live_Fire { @counted handle() { return 1; } }`,
    'index.ts:2',
  ],
  [
    'a decorator factory that keeps a counter',
    `function counted(step: number) { let n = 0; return (target: (this: unknown) => number, _context: ClassMethodDecoratorContext) => function (this: unknown) { n += step; return target.call(this) + n; }; }\nexport class Live_Fire { @counted(2) handle() { return 1; } }`,
    'index.ts:2',
  ],
  [
    'closures made by map',
    `export const counters = ['a', 'b'].map((name) => { let n = 0; return () => name + ++n; });`,
    'index.ts:1',
  ],
  ['a write to globalThis', `export function live_set() { (globalThis as any).forge = 1; }`, 'index.ts:1'],
  [
    'a write to an alias of globalThis',
    `const everywhere = globalThis as Record<string, unknown>;\nexport function live_set() { everywhere['forge'] = 1; }`,
    'index.ts:2',
  ],
  [
    'Object.assign to global',
    `export const live_set = () => Object.assign(global, { forge: 1 });`,
    'index.ts:1',
  ],
  ['Reflect.set on globalThis', `Reflect.set(globalThis, 'forge', 1);`, 'index.ts:1'],
  [
    'a declared global',
    `declare global { var forge: number; }\nexport function live_set() { forge = 1; }`,
    'index.ts:2',
  ],
  ['a write to process.env', `export function live_set() { process.env['MODE'] = 'night'; }`, 'index.ts:1'],
  [
    'a delete from process.env',
    `import { env } from 'node:process';\nexport function live_set() { delete env['MODE']; }`,
    'index.ts:2',
  ],
  ['process.env by destructuring', `const { env } = process;\nenv['MODE'] = 'night';`, 'index.ts:2'],
  ['process.env as a whole', `process.env = {};`, 'index.ts:1'],
  [
    'loading a file into process.env',
    `import process from 'node:process';\nprocess.loadEnvFile('.env');`,
    'index.ts:2',
  ],
  [
    'a prototype of the language',
    `(Array.prototype as any).last = function (this: unknown[]) { return this.at(-1); };`,
    'index.ts:1',
  ],
  [
    'a property defined on a prototype',
    `Object.defineProperty(String.prototype, 'shout', { value() { return 'A'; } });`,
    'index.ts:1',
  ],
  ['a replaced built-in', `Date.now = () => 0;`, 'index.ts:1'],
  [
    'a method that changes a container, kept for later',
    `const names = ['a'];\nconst add = names.push.bind(names);\nexport const live_add = (name: string) => add(name);`,
    'index.ts:1',
  ],
  [
    'an instance that holds a container it was given',
    `class Cache { constructor(private readonly map: Map<string, string>) {} put(k: string) { this.map.set(k, k); } }\nexport const cache = new Cache(new Map([['a', 'b']]));`,
    'index.ts:2',
  ],
  [
    'an instance made by a static factory',
    `class Counter { n = 0; static create() { return new this(); } next() { return ++this.n; } }\nexport const counter = Counter.create();`,
    'index.ts:2',
  ],
  [
    'an instance inside a Map',
    `class Counter { n = 0; next() { return ++this.n; } }\nexport const counters = new Map([['a', new Counter()]]);`,
    'index.ts:2',
  ],
  [
    'a chain of promises',
    `let tail = Promise.resolve();\nexport const live_next = () => { tail = tail.then(() => {}); };`,
    'index.ts:1',
  ],
  [
    'a variable that a promise sets',
    `let ready = false;\nPromise.resolve().then(() => { ready = true; });\nexport const live_ready = () => ready;`,
    'index.ts:1',
  ],
  [
    'closures kept in an object of functions',
    `const queue = (() => { const items: string[] = []; function push(s: string) { items.push(s); } return { push }; })();\nexport const live_push = () => { queue.push('a'); };`,
    'index.ts:1',
  ],
  [
    'a lazily made value',
    `function lazy<T>(make: () => T) { let made: { value: T } | undefined; return { get value() { made ??= { value: make() }; return made.value; } }; }\nconst forge = lazy(() => 1);\nexport const live_forge = () => forge.value;`,
    'index.ts:2',
  ],
  [
    'a promise lock',
    `class Lock { #tail = Promise.resolve(); run(fn: () => Promise<void>) { this.#tail = this.#tail.then(fn); return this.#tail; } }\nconst lock = new Lock();\nexport const live_run = () => lock.run(async () => {});`,
    'index.ts:2',
  ],
  [
    'an array inside a spread copy',
    `const table = { a: [1] };\nexport function live_add() { const copy = { ...table }; copy.a.push(2); }`,
    'index.ts:1',
  ],
  [
    'a view of a shared buffer',
    `const memory = new SharedArrayBuffer(8);\nconst counters = new Int32Array(memory);\nexport const live_count = () => Atomics.add(counters, 0, 1);`,
    'index.ts:1',
  ],
  [
    'an enum',
    `enum Rank { Private }\nexport function live_promote() { (Rank as any).General = 5; }`,
    'index.ts:1',
  ],
  [
    'what an own type adds to all arrays',
    `declare global { interface Array<T> { last(): T } }\nArray.prototype.last = function () { return this[this.length - 1]; };\nexport {};`,
    'index.ts:2',
  ],
  ['a module of Node', `import fs from 'node:fs';\nfs.readFileSync = (() => '') as any;`, 'index.ts:2'],
  [
    'the prototype of a class of Node',
    `import { EventEmitter } from 'node:events';\nEventEmitter.prototype.emit = () => false;`,
    'index.ts:2',
  ],
  [
    'a class decorator that counts',
    `function tally<T extends new (...args: any[]) => object>(Target: T, _context: ClassDecoratorContext) { let made = 0; return class extends Target { id = ++made; }; }\n@tally\nexport class Live_Fire { handle() {} }`,
    'index.ts:2',
  ],
  [
    'what a JSON module holds',
    {
      'index.ts': `import settings from './settings.json' with { type: 'json' };\nexport const live_set = () => { settings.retries = 2; };`,
      'settings.json': `{ "retries": 1 }`,
    },
    'index.ts:2',
  ],
  [
    'a container under another name in the first file',
    {
      'index.ts': `import { cache } from './cache.js';\nconst local = cache;\nexport const live_put = (k: string) => local.set(k, 1);`,
      'cache.ts': `export const cache = new Map([['a', 1]]);`,
    },
    'cache.ts:1',
    /index\.ts:3/,
  ],
];

const accepted: readonly Accepted[] = [
  [
    'what is kept, and what calls change in it',
    `import { kept } from 'liveswap/plugin';\nexport const rooms = kept('rooms', () => new Map<string, number>());\nexport const live_put = (k: string) => rooms.set(k, 1).size;`,
  ],
  [
    'a variable that onActive sets and onYield reads',
    `import { definePlugin } from 'liveswap/plugin';\nlet cursor = 0;\nexport default definePlugin({ onActive(previous) { cursor = Number(previous); }, onYield: () => cursor });`,
  ],
  [
    'what a resource holds, and what calls change in it',
    `import { resource } from 'liveswap/plugin';\nexport const cache = resource(() => new Map<string, number>());\nexport const live_put = (k: string) => cache().set(k, 1);`,
  ],
  [
    'constants',
    `export const LIMIT = 5;\nexport const NAMES = ['a', 'b'];\nconst table = { a: 1 };\nexport const live_get = (k: 'a') => table[k];`,
  ],
  [
    'frozen, const and readonly empties',
    `export const none = Object.freeze([]);\nexport const nothing = [] as const;\nexport const no: readonly string[] = [];\nexport const known: ReadonlyMap<string, string> = new Map();\nexport const empty = Object.freeze({});`,
  ],
  [
    'a Map filled at once',
    `const table = new Map([['a', 1]]);\nexport const live_get = (k: string) => table.get(k);`,
  ],
  [
    'a Map filled by a loop at module level',
    `const table = new Map<string, number>();\nfor (const [i, name] of ['a', 'b'].entries()) table.set(name, i);\nexport const live_get = (k: string) => table.get(k);`,
  ],
  [
    'an array filled by forEach at module level',
    `const table: string[] = [];\n['a', 'b'].forEach((name) => { table.push(name.toUpperCase()); });\nexport const live_get = () => table[0];`,
  ],
  [
    'a table filled by a function that is only called at module level',
    `const table = new Uint8Array(256);\nfill();\nfunction fill() { for (let i = 0; i < 256; i++) table[i] = i * 2; }\nexport const live_get = (i: number) => table[i];`,
  ],
  [
    'a let that is settled at module level',
    `let mode: string;\nif (process.env['MODE']) mode = 'night'; else mode = 'day';\nexport const live_mode = () => mode;`,
  ],
  ['a let that is never reassigned', `let retries = 3;\nexport const live_get = () => retries;`],
  [
    'functions, classes and enums',
    `export function live_a() { return 1; }\nexport class Live_Fire { shots = 1; async handle() { this.shots++; } }\nexport enum Rank { Private, General }`,
  ],
  [
    'a copy that is sorted',
    `const order = ['b', 'a'];\nexport const live_sorted = () => [...order].sort();\nexport const live_reversed = () => order.slice().reverse();`,
  ],
  [
    'a copy that is changed',
    `const defaults = { retries: 3 };\nexport const live_options = (n: number) => { const options = { ...defaults }; options.retries = n; return options; };`,
  ],
  [
    'a local that shadows a module-level name',
    `const names = ['a'];\nexport function live_add(name: string) { const names: string[] = []; names.push(name); return names; }\nexport const first = names[0];`,
  ],
  [
    'the work of a function that is called at module level',
    `function parse(text: string) { let depth = 0; const open: string[] = []; const step = (c: string) => { depth++; open.push(c); }; for (const c of text) step(c); return { depth, open }; }\nexport const parsed = parse('ab');`,
  ],
  [
    'a table built by an IIFE',
    `const table = (() => { const built = new Map<string, number>(); ['a'].forEach((name, i) => { built.set(name, i); }); return built; })();\nexport const live_get = (k: string) => table.get(k);`,
  ],
  [
    'a factory that gives a closure over a constant',
    `const times = (factor: number) => (n: number) => n * factor;\nexport const live_double = times(2);`,
  ],
  [
    'an instance with readonly fields',
    `class Rank { constructor(readonly name: string, private readonly level: number) {} above(other: Rank) { return this.level > other.level; } }\nexport const general = new Rank('general', 9);`,
  ],
  [
    'an instance with a private field that only the constructor writes',
    `class Rank { #level: number; constructor(level: number) { this.#level = level; } get level() { return this.#level; } }\nexport const general = new Rank(9);`,
  ],
  [
    'an instance without fields',
    `class Scribe { write(text: string) { return text.trim(); } }\nexport const scribe = new Scribe();`,
  ],
  [
    'platform values that hold no state',
    `import { AsyncLocalStorage } from 'node:async_hooks';\nexport const scope = new AsyncLocalStorage<string>();\nexport const price = new Intl.NumberFormat('en');\nexport const base = new URL('https://armory.example');\nexport const encoder = new TextEncoder();\nexport const epoch = new Date(0);\nexport const WORD = /\\w+/i;`,
  ],
  [
    'plugin definitions and imports',
    `import { definePlugin, importPlugin } from 'liveswap/plugin';\ninterface ArmoryApi { sword(): Promise<string>; set(name: string): Promise<void>; }\nconst armory = importPlugin<ArmoryApi>('armory');\nexport default definePlugin({ functions: { arm: async () => { await armory.set('a'); return armory.sword(); } }, exports: () => { let n = 0; return { next: () => ++n }; } });`,
  ],
  [
    'a static constant',
    `export class Forge { static readonly LIMIT = 5; static of(n: number) { return n * Forge.LIMIT; } }`,
  ],
  [
    'an options object that is empty',
    `interface Options { retries?: number }\nconst defaults: Options = {};\nexport const live_get = () => defaults.retries ?? 1;`,
  ],
  [
    'reading globalThis and process.env',
    `const mode = process.env['MODE'] ?? 'day';\nexport const live_mode = () => mode + String('fetch' in globalThis) + globalThis.process.version;`,
  ],
  ['a settable property of the platform', `Error.stackTraceLimit = 50;`],
  [
    'an object that a function makes and changes',
    `export function live_count(names: string[]) { const counts: Record<string, number> = {}; for (const name of names) counts[name] = (counts[name] ?? 0) + 1; return counts; }`,
  ],
  [
    'a local regular expression',
    `export const live_words = (text: string) => [...text.matchAll(/\\w+/g)].length;`,
  ],
  [
    'a helper that changes what it is given, given something fresh',
    `function remember(list: string[], name: string) { list.push(name); return list; }\nconst known = ['a'];\nexport const live_all = (name: string) => remember([...known], name);`,
  ],
  [
    'a generator that is used up at once',
    `function* numbers() { yield 1; yield 2; }\nexport const all = [...numbers()];`,
  ],
  [
    'a frozen instance',
    `class Point { constructor(public x: number, public y: number) {} }\nexport const origin = Object.freeze(new Point(0, 0));`,
  ],
  [
    'a setting of a class of Node',
    `import { EventEmitter } from 'node:events';\nEventEmitter.defaultMaxListeners = 20;`,
  ],
  [
    'options that are merged into something fresh',
    `const defaults = { retries: 3, tags: ['a'] };\nfunction merge<T extends object>(target: Partial<T>, source: T) { for (const k in source) target[k] ??= source[k]; return target as T; }\nexport const live_options = () => { const options = merge<typeof defaults>({}, defaults); options.retries = 5; return options; };`,
  ],
  [
    'parameters named like globals',
    `function write(globalThis: Record<string, unknown>) { globalThis['x'] = 1; return globalThis; }\nexport const live_write = () => { const process = { env: {} as Record<string, string> }; process.env['A'] = 'b'; return [write({}), process]; };`,
  ],
  [
    'a tree built at once',
    `interface Trie { kids: Map<string, Trie> }\nfunction build(words: string[]): Trie { const root: Trie = { kids: new Map() }; for (const word of words) { let node = root; for (const c of word) { let next = node.kids.get(c); if (!next) { next = { kids: new Map() }; node.kids.set(c, next); } node = next; } } return root; }\nconst trie = build(['a', 'ab']);\nexport const live_has = (c: string) => trie.kids.has(c);`,
  ],
  [
    'a builder that gives new objects',
    `class Query { constructor(private readonly parts: readonly string[]) {} where(x: string) { return new Query([...this.parts, x]); } text() { return this.parts.join(' '); } }\nconst active = new Query(['select']).where('active');\nexport const live_sql = () => active.where('x').text();`,
  ],
  [
    "wrappers whose state is a call's",
    `function withRetry<A extends unknown[], R>(fn: (...args: A) => Promise<R>, times = 3) { return async (...args: A): Promise<R> => { let left = times; for (;;) { try { return await fn(...args); } catch (error) { if (--left === 0) throw error; } } }; }\nexport const live_load = withRetry(async (url: string) => (await fetch(url)).text());`,
  ],
  [
    'schemas made of closures that call each other',
    `class Type { constructor(readonly check: (x: unknown) => boolean) {} optional() { return new Type((x) => x === undefined || this.check(x)); } }\nconst text = new Type((x) => typeof x === 'string').optional();\nexport const live_check = (x: unknown) => text.check(x);`,
  ],
  [
    'an array that a named function fills at once',
    `const table = new Map<string, number>();\nfunction add(k: string) { table.set(k, k.length); }\n['a', 'b'].forEach(add);\nexport const live_get = (k: string) => table.get(k);`,
  ],
  [
    'a proxy that keeps nothing',
    `type Api = Record<string, (...args: unknown[]) => string>;\nexport const api = new Proxy({} as Api, { get: (_target, name) => (...args: unknown[]) => String(name) + args.length });`,
  ],
  [
    'what a function gives to callbacks that read it, or change it while modules are evaluated',
    `const post = { guards: 1 };\nfunction withPost<T>(use: (held: typeof post) => T): T { return use(post); }\nwithPost((held) => ++held.guards);\nexport const live_count = () => withPost((held) => held.guards);`,
  ],
  [
    'a registry that decorators fill',
    `const forged: Function[] = [];\nfunction register(target: Function, _context: ClassDecoratorContext) { forged.push(target); }\n@register\nexport class Live_Fire { handle() {} }`,
  ],
  [
    'commands that modules register while they are evaluated',
    {
      'index.ts': `import { commands } from './registry.js';\nimport './salute.js';\nexport const live_run = (name: string) => commands.get(name)?.();`,
      'registry.ts': `export const commands = new Map<string, () => number>();`,
      'salute.ts': `import { commands } from './registry.js';\ncommands.set('salute', () => 1);`,
    },
  ],
];

describe('no-globals', () => {
  for (const [title, sources, at, says = /\.$/] of refused) {
    it(`refuses ${title}`, () => {
      const findings = checkRule(noGlobals, sources);
      expect(findings.map((finding) => finding.at)).toEqual([at]);
      expect(findings[0]?.problem).toMatch(says);
    });
  }

  for (const [title, sources] of accepted) {
    it(`accepts ${title}`, () => expect(checkRule(noGlobals, sources)).toEqual([]));
  }
});

testRulePage(noGlobals);
