import { it } from 'vitest';
import { noGlobals } from '../lib/build/rules/no-globals.js';
import { noLongTasks } from '../lib/build/rules/no-long-tasks.js';
import { checkRule, type Sources } from './helpers/check-rule.js';
const good: Sources[] = [
  // ordinary plugin code
  {
    'index.ts': `import { definePlugin, context, importPlugin, type ExportsOf } from 'liveswap/plugin';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { prices, type Item } from './prices.js';
interface ArmoryApi { sword(): Promise<string>; all(): Promise<string[]> }
export const armory = importPlugin<ArmoryApi>('armory');
const VERSION = '1.2.3';
const TIMEOUTS = { short: 100, long: 1000 } as const;
const here = import.meta.dirname;
const plugin = definePlugin({
  exports: { async total(items: Item[]) { let sum = 0; for (const item of items) sum += (prices.get(item.name) ?? 0) * item.count; return sum; } },
  async onLoad(data) { const text = await readFile(join(here, 'x'), 'utf8'); context.log.info({ text, data, VERSION }); },
  async onInit(vault) { await vault.dataBag.set('ready', true); await vault.call('live_x'); },
  functions: { digest: (text: string) => createHash('sha256').update(text).digest('hex'), wait: () => TIMEOUTS.short },
});
export default plugin;
export type GuardianApi = ExportsOf<typeof plugin>;`,
    'prices.ts': `export interface Item { name: string; count: number }
export const prices: ReadonlyMap<string, number> = new Map([['sword', 10], ['shield', 5]]);
export const byPrice = [...prices].sort((a, b) => a[1] - b[1]).map(([name]) => name);
const entries = Object.entries({ a: 1 }); entries.sort();
export const lookup = Object.fromEntries(entries.map(([k, v]) => [v, k]));`,
  },
  // router table of functions
  `type Handler = (body: unknown) => Promise<unknown>;
const routes: Record<string, Handler> = { '/a': async () => 1, '/b': async (body) => body };
export async function live_handle(path: string, body: unknown) { const h = routes[path]; if (!h) throw new Error('no'); return h(body); }`,
  `const handlers = new Map<string, (n: number) => number>([['double', (n) => n * 2]]);
export function live_do(name: string, n: number) { return handlers.get(name)?.(n); }`,
  // error classes, type guards, validators
  `export class NotFound extends Error { readonly code = 'NOT_FOUND'; constructor(readonly what: string) { super('no ' + what); this.name = 'NotFound'; } }
export function assertName(x: unknown): asserts x is string { if (typeof x !== 'string') throw new NotFound(String(x)); }
const NOT_FOUND = new NotFound('x');
export function live_get() { throw NOT_FOUND; }`,
  // local closures and memo
  `export function live_fib(n: number) { const memo = new Map<number, number>(); const fib = (k: number): number => { if (k < 2) return k; const known = memo.get(k); if (known !== undefined) return known; const value = fib(k - 1) + fib(k - 2); memo.set(k, value); return value; }; return fib(n); }`,
  // compose/pipe at module-level
  `const pipe = <T>(...fns: ((x: T) => T)[]) => (x: T) => fns.reduce((acc, fn) => fn(acc), x);
export const live_clean = pipe<string>((s) => s.trim(), (s) => s.toLowerCase());`,
  // curry w/ local counter
  `function withRetry<A extends unknown[], R>(fn: (...args: A) => Promise<R>, times = 3) { return async (...args: A): Promise<R> => { let left = times; for (;;) { try { return await fn(...args); } catch (error) { if (--left === 0) throw error; } } }; }
export const live_load = withRetry(async (url: string) => (await fetch(url)).text());`,
  `function withLog<A extends unknown[], R>(name: string, fn: (...args: A) => R) { return (...args: A): R => { const lines: string[] = []; lines.push(name); return fn(...args); }; }
export const live_add = withLog('add', (a: number, b: number) => a + b);`,
  // builder at module-level
  `class Query { constructor(private readonly parts: readonly string[]) {} where(x: string) { return new Query([...this.parts, x]); } text() { return this.parts.join(' '); } }
const active = new Query(['select']).where('active');
export const live_sql = () => active.where('x').text();`,
  // schema-like dsl of own
  `interface Schema<T> { parse(x: unknown): T }
const string = (): Schema<string> => ({ parse(x) { if (typeof x !== 'string') throw new TypeError('no'); return x; } });
const object = <T extends Record<string, Schema<unknown>>>(shape: T): Schema<{ [K in keyof T]: T[K] extends Schema<infer U> ? U : never }> => ({ parse(x) { const out: Record<string, unknown> = {}; for (const key in shape) out[key] = shape[key]!.parse((x as Record<string, unknown>)[key]); return out as never; } });
const Person = object({ name: string() });
export const live_check = (x: unknown) => Person.parse(x).name;`,
  // tagged template, freeze deep
  `function deepFreeze<T extends object>(value: T): Readonly<T> { for (const inner of Object.values(value)) if (typeof inner === 'object' && inner !== null) deepFreeze(inner as object); return Object.freeze(value); }
export const config = deepFreeze({ hosts: ['a', 'b'], retry: { times: 3 } });`,
  // static factory & constants
  `export class Money { static readonly ZERO = new Money(0, 'EUR'); private constructor(readonly cents: number, readonly currency: string) {} static of(n: number) { return new Money(n, 'EUR'); } plus(other: Money) { return new Money(this.cents + other.cents, this.currency); } }
export const live_sum = (ns: number[]) => ns.reduce((sum, n) => sum.plus(Money.of(n)), Money.ZERO).cents;`,
  // live type with fields
  `export class Live_Order { items: string[] = []; total = 0; #cache = new Map<string, number>(); add(item: string) { this.items.push(item); this.total++; this.#cache.set(item, 1); } async handle() { this.add('a'); return this.total; } }`,
  // local instance
  `class Counter { n = 0; next() { return ++this.n; } }
export function live_count() { const counter = new Counter(); counter.next(); return counter.n; }`,
  // generator pipelines
  `function* take<T>(source: Iterable<T>, n: number) { for (const x of source) { if (n-- <= 0) return; yield x; } }
export const live_take = (xs: number[]) => [...take(xs, 2)];`,
  `export async function* live_lines(path: string) { const { createReadStream } = await import('node:fs'); const { createInterface } = await import('node:readline'); for await (const line of createInterface({ input: createReadStream(path) })) yield line; }`,
  // enum-like, symbol, bigints
  `const kind = Symbol('kind'); const big = 10n; export const Rank = { a: 1, b: 2 } as const satisfies Record<string, number>; export const live_x = () => [String(kind), big, Rank.a];`,
  // process.env to const; spread defaults
  `const env = { ...process.env, MODE: 'x' }; const port = Number(process.env['PORT'] ?? 80);
export const live_env = () => { const copy = { ...env }; copy.MODE = 'b'; return port; };`,
  `const defaults = { a: 1, nested: { b: 2 } };
export function live_merge(over: Partial<typeof defaults>) { const merged = { ...defaults, ...over }; merged.a = 2; merged.nested = { b: 3 }; return merged; }
export function live_clone() { const c = structuredClone(defaults); c.nested.b = 5; return c; }
export function live_assign() { return Object.assign({}, defaults, { a: 5 }); }`,
  `const list = ['b', 'a'];
export const live_x = () => { const copy = list.slice(); copy.push('c'); const up = list.map((s) => ({ s })); up[0]!.s = 'z'; const f = list.filter(Boolean); f.sort(); const all = list.concat(['d']); all.reverse(); const from = Array.from(list); from.pop(); return list.toSorted(); };`,
  `const base = new Map([['a', 1]]);
export const live_x = (k: string) => { const mine = new Map(base); mine.set(k, 2); const keys = new Set(base.keys()); keys.add(k); return mine.size; };`,
  // Intl & date
  `const money = new Intl.NumberFormat('de', { style: 'currency', currency: 'EUR' }); const when = new Intl.DateTimeFormat('de'); const rtf = new Intl.RelativeTimeFormat('en');
export const live_f = (n: number) => money.format(n) + when.format(0) + rtf.format(1, 'day');`,
  // parse table built with reduce
  `const words = ['a', 'b']; export const index = words.reduce<Record<string, number>>((acc, w, i) => { acc[w] = i; return acc; }, {});
export const live_i = (w: string) => index[w];`,
  `const CRC = (() => { const table = new Uint32Array(256); for (let n = 0; n < 256; n++) { let c = n; for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1; table[n] = c >>> 0; } return table; })();
export function live_crc(buf: Uint8Array) { let c = 0xffffffff; for (const b of buf) c = CRC[(c ^ b) & 0xff]! ^ (c >>> 8); return c; }`,
  `function makeTable() { const t: number[] = []; for (let i = 0; i < 10; i++) t.push(i * i); return t; }
const squares = makeTable(); export const live_sq = (n: number) => squares[n];`,
  `const parser = createParser('a'); function createParser(sep: string) { const escaped = sep.replace('.', '\\\\.'); return { parse(text: string) { const out: string[] = []; let rest = text; while (rest.length > 0) { const at = rest.indexOf(escaped); if (at < 0) break; out.push(rest.slice(0, at)); rest = rest.slice(at + 1); } return out; } }; }
export const live_p = (t: string) => parser.parse(t);`,
  // retained helper that only mutates at build
  `function build() { const seen = new Set<string>(); const visit = (n: string) => { if (seen.has(n)) return; seen.add(n); }; ['a', 'b'].forEach(visit); return [...seen]; }
export const all = build();`,
  `const tree = walkTree({ kids: [] as unknown[] }); function walkTree(root: { kids: unknown[] }) { let count = 0; function visit(node: { kids: unknown[] }) { count++; for (const kid of node.kids) visit(kid as { kids: unknown[] }); } visit(root); return { count }; }
export const live_t = () => tree.count;`,
  // abortcontroller, url base
  `const API = new URL('https://a.b/c/'); export const live_u = (p: string) => { const u = new URL(p, API); u.searchParams.set('a', 'b'); return u.href; };`,
  `import { promisify } from 'node:util'; import { exec as cb, execFile } from 'node:child_process'; const exec = promisify(cb); const run = promisify(execFile);
export const live_e = async () => { const { stdout } = await exec('ls'); await run('ls'); return stdout; };`,
  `import { styleText } from 'node:util'; import os from 'node:os'; const cpus = os.cpus().length; const id = crypto.randomUUID(); export const live_i = () => styleText('red', String(cpus) + id);`,
  `import { AsyncLocalStorage } from 'node:async_hooks'; interface Scope { user: string } const als = new AsyncLocalStorage<Scope>(); export const live_as = (user: string) => als.run({ user }, async () => als.getStore()?.user);`,
  `import { z } from './z.js'; const User = z.object({ name: z.string() }); export const live_z = (x: unknown) => User.check(x);`.replace(
    './z.js',
    './z.js',
  ) && {
    'index.ts': `import { z } from './z.js';\nconst User = z.object({ name: z.string() });\nexport const live_z = (x: unknown) => User.check(x);`,
    'z.ts': `class Type { constructor(readonly check: (x: unknown) => boolean) {} optional() { return new Type((x) => x === undefined || this.check(x)); } }\nexport const z = { string: () => new Type((x) => typeof x === 'string'), object: (shape: Record<string, Type>) => new Type((x) => Object.entries(shape).every(([k, t]) => t.check((x as Record<string, unknown>)[k]))) };`,
  },
  // timing helpers
  `import { setTimeout as delay } from 'node:timers/promises'; import { context } from 'liveswap/plugin';
export async function live_poll(url: string) { for (let attempt = 0; attempt < 5; attempt++) { const r = await fetch(url, { signal: context.signal }); if (r.ok) return r.status; await delay(100 * 2 ** attempt, undefined, { signal: context.signal }); } throw new Error('gave up'); }`,
  `const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)); export async function live_s() { await sleep(5); await Promise.race([sleep(5), sleep(6)]); }`,
  `export async function live_t<T>(work: Promise<T>, ms: number): Promise<T> { let timer: NodeJS.Timeout | undefined; const late = new Promise<never>((_, reject) => { timer = setTimeout(() => reject(new Error('late')), ms); }); try { return await Promise.race([work, late]); } finally { clearTimeout(timer); } }`,
  `export async function live_b(jobs: (() => Promise<number>)[], width: number) { const results: number[] = []; let next = 0; const worker = async () => { while (next < jobs.length) { const at = next++; results[at] = await jobs[at]!(); } }; await Promise.all(Array.from({ length: width }, worker)); return results; }`,
  `export async function live_p(jobs: (() => Promise<number>)[], width: number) { const running = new Set<Promise<number>>(); for (const job of jobs) { const p = job(); running.add(p); p.finally(() => running.delete(p)); if (running.size >= width) await Promise.race(running); } await Promise.all(running); }`,
  `import { pipeline } from 'node:stream/promises'; import { createReadStream, createWriteStream } from 'node:fs'; import { createGzip } from 'node:zlib'; export async function live_z(a: string, b: string) { await pipeline(createReadStream(a), createGzip(), createWriteStream(b)); }`,
  `import { once } from 'node:events'; import { createReadStream } from 'node:fs'; export async function live_c(path: string) { const s = createReadStream(path); let n = 0; s.on('data', (c) => { n += c.length; }); await once(s, 'end'); return n; }`,
  `import { request } from 'node:http'; export function live_r(url: string) { return new Promise<string>((resolve, reject) => { const req = request(url, (res) => { let body = ''; res.on('data', (c: Buffer) => { body += c.toString(); }); res.on('end', () => resolve(body)); }); req.on('error', reject); req.end(); }); }`,
  `import { definePlugin, context } from 'liveswap/plugin'; import { createServer, type Server } from 'node:http';
function start(port: number) { const server = createServer((_req, res) => { res.end('hi'); }); return new Promise<Server>((resolve) => { server.listen(port, () => resolve(server)); }); }
export default definePlugin({ async onLoad() { const server = await start(0); context.signal.addEventListener('abort', () => { server.close(); }, { once: true }); } });`,
  `export async function live_q(queue: { take(): Promise<string | undefined> }) { while (true) { const job = await queue.take(); if (job === undefined) return; console.log(job); } }`,
  `export async function live_reader(stream: ReadableStream<Uint8Array>) { const reader = stream.getReader(); let n = 0; for (;;) { const { done, value } = await reader.read(); if (done) break; n += value.length; } return n; }`,
  `export function live_parse(text: string) { let i = 0; const next = () => text[i++]; while (true) { const c = next(); if (c === undefined) break; switch (c) { case 'a': continue; case 'b': break; default: throw new Error('bad ' + c); } } return i; }`,
  `export function live_rx(text: string) { const re = /a(b)/g; let m; const out: string[] = []; while ((m = re.exec(text)) !== null) out.push(m[1]!); return out; }`,
  `import { context } from 'liveswap/plugin'; async function audit(x: string) { await context.vault.dataBag.set('x', x); } export async function live_a(x: string) { context.waitUntil(audit(x)); context.waitUntil(audit(x).catch((error: unknown) => { context.log.error({ error }, 'no'); })); return x; }`,
  `export async function live_m(names: string[]) { const all = names.map(async (n) => n.length); const [a] = await Promise.all(all); return a; }`,
  `export const live_ternary = async (x: boolean) => (x ? await Promise.resolve(1) : Promise.resolve(2));`,
  `export function live_then(x: Promise<number>) { return x.then((n) => n + 1).catch(() => 0).finally(() => console.log('done')); }`,
  `export async function live_l(xs: AsyncIterable<number>) { let s = 0; for await (const x of xs) s += x; return s; }`,
  `import { context } from 'liveswap/plugin'; export async function live_sub(bus: EventTarget) { const { promise, resolve } = Promise.withResolvers<Event>(); bus.addEventListener('x', resolve, { once: true, signal: context.signal }); return (await promise).type; }`,
  `export function live_cb(cb: (n: number) => void) { cb(1); [1, 2].forEach((n) => cb(n)); [1].forEach((n) => { console.log(n); }); }`,
  `export async function live_lock(run: () => Promise<void>) { await using stack = new AsyncDisposableStack(); stack.defer(async () => { await run(); }); }`,
  `import { definePlugin, context } from 'liveswap/plugin'; export default definePlugin({ onInit() { context.waitUntil(loop()); } }); async function loop() { while (!context.signal.aborted) { await step(); } } async function step() { await new Promise((r) => setTimeout(r, 100)); }`,
  `import { definePlugin, context } from 'liveswap/plugin'; export default definePlugin({ onInit() { context.waitUntil((async () => { do { await Promise.resolve(); } while (!context.signal.aborted); })()); } });`,
  `import * as readline from 'node:readline/promises'; export async function live_ask() { const rl = readline.createInterface({ input: process.stdin }); try { return await rl.question('?'); } finally { rl.close(); } }`,
  `import { test } from './t.js'; export const live_x = test;`.length
    ? {
        'index.ts': `export { test as live_x } from './t.js';\nexport * from './u.js';`,
        't.ts': `export const test = () => 1;`,
        'u.ts': `export const u = [1, 2, 3];`,
      }
    : '',
  `let ready: boolean; try { ready = Boolean(JSON.parse('1')); } catch { ready = false; } export const live_r = () => ready;`,
  `const { a, ...rest } = { a: 1, b: 2, c: 3 }; export const live_d = () => [a, rest.b];`,
  `export const live_swap = (xs: number[]) => { [xs[0], xs[1]] = [xs[1]!, xs[0]!]; return xs; }; const PAIR = [1, 2]; export const live_p = () => live_swap([...PAIR]);`,
  `const LEVELS = ['a', 'b']; type Level = (typeof LEVELS)[number]; export function live_l(level: Level) { return LEVELS.indexOf(level); } export const live_max = () => Math.max(...LEVELS.map((l) => l.length));`,
  `class Node_ { next?: Node_; constructor(public value: number) {} } export function live_list(ns: number[]) { let head: Node_ | undefined; for (const n of ns) { const node = new Node_(n); if (head) node.next = head; head = node; } return head?.value; }`,
  `abstract class Shape { abstract area(): number; } class Square extends Shape { constructor(readonly side: number) { super(); } area() { return this.side ** 2; } } const unit = new Square(1); export const live_area = (k: number) => unit.area() * k;`,
  `function log(this: unknown, _t: unknown, context: ClassMethodDecoratorContext) { const name = String(context.name); return function (this: unknown, ...args: unknown[]) { console.log(name, args); return undefined as never; }; } export class Live_Fire { @log handle() { return 1; } }`,
  `const HTML = { '<': '&lt;', '>': '&gt;' } as const; export const live_esc = (s: string) => s.replace(/[<>]/g, (c) => HTML[c as '<']);`,
  `const once = new Map<string, number>(Object.entries({ a: 1 })); export const live_o = () => [...once.values()].sort();`,
  `const graph: Record<string, string[]> = { a: ['b'], b: [] }; export function live_topo() { const done = new Set<string>(); const out: string[] = []; const visit = (n: string) => { if (done.has(n)) return; done.add(n); for (const m of graph[n] ?? []) visit(m); out.push(n); }; Object.keys(graph).forEach(visit); return out; }`,
  `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url); const pkg = require('./package.json') as { version: string }; export const live_v = () => pkg.version;`,
  `const users = [{ name: 'a', tags: ['x'] }]; export const live_u = () => users.map((u) => ({ ...u, tags: [...u.tags, 'y'] })); export const live_f = (n: string) => { const found = users.find((u) => u.name === n); return found ? { ...found, name: 'z' } : undefined; };`,
  `const template = { to: '', body: '' }; export function live_mail(to: string) { const mail = { ...template }; mail.to = to; return mail; }`,
  `type Step = { name: string; run: () => Promise<void> }; const steps: Step[] = [{ name: 'a', run: async () => {} }]; export async function live_steps() { for (const step of steps) await step.run(); const results = []; for (const s of steps) results.push(s.name); return results; }`,
];
it('good', () => {
  for (const rule of [noGlobals, noLongTasks])
    good.forEach((s, i) => {
      if (!s) return;
      try {
        const f = checkRule(rule, s);
        if (f.length !== 0)
          console.log(
            'GOOD',
            rule.name,
            i,
            JSON.stringify(s).slice(0, 600),
            '->',
            f.map((x) => x.at + ' ' + x.problem + '\n').join(''),
          );
      } catch (e) {
        if (rule === noGlobals)
          console.log(
            'ERR',
            i,
            JSON.stringify(s).slice(0, 200),
            String(e)
              .replace(/\u001b\[\d+m/g, '')
              .slice(0, 900),
          );
      }
    });
}, 100000);
