import { it } from 'vitest';
import { noLongTasks } from '../lib/build/rules/no-long-tasks.js';
import { noGlobals } from '../lib/build/rules/no-globals.js';
import { checkRule, type Sources } from './helpers/check-rule.js';
const C = `import { context, definePlugin } from 'liveswap/plugin';\n`;
const good: Sources[] = [
  `${C}class Ticker { #timers = new Set<NodeJS.Timeout>(); every(ms: number, fn: () => void) { this.#timers.add(setInterval(fn, ms)); } stop() { for (const t of this.#timers) clearInterval(t); } }\nexport default definePlugin({ onLoad() { const ticker = new Ticker(); ticker.every(10, () => {}); context.signal.addEventListener('abort', () => ticker.stop()); } });`,
  `${C}const ac = new AbortController();\nimport { watch } from 'node:fs';\nexport default definePlugin({ onLoad() { watch('.', { signal: ac.signal }); }, onFree() { ac.abort(); } });`,
  `${C}const ac = new AbortController();\nconst { signal } = ac;\nimport { createServer } from 'node:http';\nexport default definePlugin({ onLoad() { createServer().listen({ port: 1, signal }); }, onFree: () => ac.abort() });`,
  `${C}import { addAbortListener } from 'node:events';\nexport default definePlugin({ onLoad() { const t = setInterval(() => {}, 1); addAbortListener(context.signal, () => clearInterval(t)); } });`,
  `${C}export default definePlugin({ onLoad() { const t = setInterval(() => {}, 1); context.signal.onabort = () => { clearInterval(t); }; } });`,
  `${C}export default definePlugin({ onLoad() { const t = setInterval(() => {}, 1); const stop = () => clearInterval(t); context.signal.addEventListener('abort', stop, { once: true }); } });`,
  `${C}const { signal } = context; export default definePlugin({ onLoad() { const t = setInterval(() => {}, 1); signal.addEventListener('abort', () => { clearInterval(t); }); } });`,
  `export async function live_x(signal: AbortSignal) { const t = setInterval(() => {}, 1); signal.addEventListener('abort', () => clearInterval(t)); }`,
  `${C}export default definePlugin({ ...hooks() });\nfunction hooks() { return {}; }`,
  `${C}const hooks = { onLoad() { s.start(); }, onFree() { return s.stop(); } };\nclass S { t?: NodeJS.Timeout; start() { this.t = setInterval(() => {}, 1); } async stop() { clearInterval(this.t); } }\nconst s = new S();\nexport default definePlugin(hooks);`,
  {
    'index.ts': `import { definePlugin } from 'liveswap/plugin';\nimport * as server from './server.js';\nexport default definePlugin({ onLoad: server.start, onFree: server.stop });`,
    'server.ts': `import { createServer, type Server } from 'node:http';\nimport { once } from 'node:events';\nlet server: Server | undefined;\nexport async function start() { server = createServer().listen(0); await once(server, 'listening'); }\nexport async function stop() { const closing = server; if (closing) await new Promise((resolve) => closing.close(resolve)); }`,
  },
  {
    'index.ts': `import { definePlugin } from 'liveswap/plugin';\nimport { server } from './server.js';\nexport default definePlugin({ async onLoad() { server.listen(0); }, async onFree() { await server[Symbol.asyncDispose](); } });`,
    'server.ts': `import { createServer } from 'node:http';\nexport const server = createServer();\nserver.on('request', (_req, res) => res.end());`,
  },
  `${C}import { fork, type ChildProcess } from 'node:child_process';\nlet child: ChildProcess | undefined;\nexport default definePlugin({ onLoad() { child = fork('x'); child.on('message', () => {}); }, onFree() { child?.kill(); } });`,
  `${C}import { Worker } from 'node:worker_threads';\nconst workers: Worker[] = [];\nexport default definePlugin({ onLoad() { for (let i = 0; i < 2; i++) workers.push(new Worker('x')); }, async onFree() { await Promise.all(workers.map((w) => w.terminate())); } });`,
  `${C}import { Worker } from 'node:worker_threads';\nexport async function live_x() { await using worker = new Worker('x') as Worker & AsyncDisposable; return worker.threadId + context.thread.index; }`,
  `import { Worker } from 'node:worker_threads';\nexport function live_x(data: unknown) { return new Promise((resolve, reject) => { const worker = new Worker('x', { workerData: data }); worker.once('message', (m) => { resolve(m); void worker.terminate(); }); worker.once('error', reject); worker.once('exit', (code) => { if (code) reject(new Error('x')); }); }); }`.replace(
    'void worker.terminate();',
    '',
  ),
  `import { spawn } from 'node:child_process';\nexport async function live_x() { const c = spawn('x'); const chunks: Buffer[] = []; c.stdout.on('data', (d: Buffer) => chunks.push(d)); const code = await new Promise<number | null>((resolve, reject) => { c.on('error', reject); c.on('close', resolve); }); return { code, text: Buffer.concat(chunks).toString() }; }`,
  `import { spawn } from 'node:child_process';\nexport function live_x() { return new Promise<number>((resolve, reject) => { const c = spawn('x', { stdio: 'inherit' }); c.once('error', reject); c.once('exit', (code) => resolve(code ?? 1)); }); }`,
  `import { execFileSync, spawnSync } from 'node:child_process';\nexport const live_x = () => [execFileSync('x'), spawnSync('y')];`,
  `${C}import { once } from 'node:events';\nimport { spawn } from 'node:child_process';\nexport function live_x() { const c = spawn('x'); context.waitUntil(once(c, 'exit')); }`,
  `function deferTo(fn: () => void, ms: number) { const timer = setTimeout(fn, ms); return () => clearTimeout(timer); }\nexport function live_x() { const cancel = deferTo(() => {}, 5); try { return 1; } finally { cancel(); } }`,
  `export class Live_Debounce { #t?: NodeJS.Timeout; handle() { clearTimeout(this.#t); this.#t = setTimeout(() => {}, 5); } }`,
  `export async function live_x(work: Promise<void>) { const late = setTimeout(() => console.warn('slow'), 1000); await work; clearTimeout(late); }`,
  `export async function live_x() { await new Promise<void>((resolve, reject) => { const again = (left: number) => { if (left === 0) return reject(new Error('no')); if (Math.random() > 0.5) return resolve(); setTimeout(() => again(left - 1), 10); }; again(5); }); }`,
  `export const live_x = () => new Promise<void>((resolve) => setImmediate(resolve));`,
  `import { setImmediate as yieldNow } from 'node:timers/promises';\nexport async function live_x(list: number[]) { for (const n of list) { if (n % 100 === 0) await yieldNow(); } }`,
  `import { scheduler } from 'node:timers/promises';\nexport async function live_x() { await scheduler.wait(5); }`,
  `export async function live_x(read: () => Promise<string | null>) { let line: string | null; while ((line = await read()) !== null) console.log(line); }`,
  `export async function live_x(stack: number[]) { while (stack.length) { const n = stack.pop()!; if (n > 1) stack.push(n - 1); } }`,
  `async function walk(n: number): Promise<number> { if (n === 0) return 0; return walk(n - 1); }\nexport const live_x = () => walk(3);`,
  `async function page(n: number): Promise<number[]> { const r = await fetch('x' + n); const next = r.headers.get('next'); return next ? [n, ...(await page(n + 1))] : [n]; }\nexport const live_x = () => page(0);`,
  `export const live_x = async (xs: number[]) => { for (const x of xs) await Promise.resolve(x); await xs.reduce((p, x) => p.then(() => Promise.resolve(x)), Promise.resolve(0)); };`,
  `export const live_x = async () => { try { await fetch('x'); } catch { /* */ } finally { await Promise.resolve(); } };`,
  `export function live_x(emit: (n: number) => void | Promise<void>) { return emit(1); }`,
  `export class Live_X { async handle() { this.#log(); await this.#save(); } #log() {} async #save() {} }`,
  `export function live_x(list: { save(): Promise<void> }[]) { return Promise.all(list.map((x) => x.save())); }`,
  `const q: Promise<void>[] = [];\nexport async function live_x() { q.push(Promise.resolve()); await Promise.all(q); }`,
  `export async function live_x() { const p = fetch('x'); const r = fetch('y'); const [a, b] = [await p, await r]; return a.ok && b.ok; }`,
  `export async function live_x() { let p = fetch('x'); p = p.then((r) => r); return (await p).ok; }`,
  `export function live_x(ws: WritableStream<string>) { const w = ws.getWriter(); return w.write('a').then(() => w.close()); }`,
  `export const live_x = () => new ReadableStream<number>({ async start(c) { c.enqueue(1); await Promise.resolve(); c.close(); }, async pull() {}, async cancel() {} });`,
  `import { Readable, Transform } from 'node:stream';\nexport const live_x = () => Readable.from((async function* () { yield 1; })()).pipe(new Transform({ transform(chunk, _e, cb) { cb(null, chunk); } })).toArray();`,
  `import { EventEmitter } from 'node:events';\nexport function live_x() { const e = new EventEmitter(); e.on('a', (n: number) => { console.log(n); }); e.emit('a', 1); }`,
  `import { definePlugin } from 'liveswap/plugin';\nexport default definePlugin({ reloadable: async () => true, exports: async () => ({ async a() {}, b: () => 1 }), async onLoad() {}, functions: { async c() {} } });`,
  `const fetchAll = async (urls: string[]) => { const results: string[] = []; const queue = [...urls]; async function worker() { for (;;) { const url = queue.shift(); if (!url) return; results.push(await (await fetch(url)).text()); } } await Promise.all([worker(), worker()]); return results; };\nexport const live_x = fetchAll;`,
  `export function live_x() { let i = 0; do { i++; if (i > 3) break; } while (true); return i; }`,
  `export function live_x(s: string) { let i = 0; for (;;) { try { if (s[i++] === 'a') return i; if (i > s.length) throw new RangeError('x'); } finally { console.log(i); } } }`,
  `function fail(m: string): never { throw new Error(m); }\nexport function live_x(n: number) { while (true) { n--; if (n < 0) fail('x'); } }`,
  `function setTimeout(n: number) { return n; }\nexport const live_x = () => { setTimeout(1); };`,
  `class Scheduler { setInterval(fn: () => void) { fn(); } }\nexport const live_x = () => { new Scheduler().setInterval(() => {}); };`,
  `const process = { on(_: string, fn: () => void) { fn(); } };\nexport const live_x = () => { process.on('exit', () => {}); };`,
  `const app = { listen(n: number) { return n; }, watch() { return 1; } };\nexport const live_x = () => { app.listen(1); app.watch(); };`,
  `export const live_x = (exec: (s: string) => void, spawn: () => void) => { exec('a'); spawn(); /a/.exec('a'); };`,
  `import { Worker } from './worker.js';\nexport const live_x = () => { new Worker().run(); };`.length
    ? {
        'index.ts': `import { Worker } from './worker.js';\nexport const live_x = () => { new Worker().run(); };`,
        'worker.ts': `export class Worker { run() { return 1; } }`,
      }
    : '',
  `import { isMainThread, parentPort, threadId } from 'node:worker_threads';\nexport const live_x = () => [isMainThread, parentPort === null, threadId];`,
  `process.emitWarning('x');\nexport const live_x = () => process.memoryUsage().rss + process.listenerCount('exit');`,
  `import { stat, readdir } from 'node:fs/promises';\nexport async function live_x(dir: string) { const names = await readdir(dir); const sizes = await Promise.all(names.map(async (n) => (await stat(n)).size)); return sizes.reduce((a, b) => a + b, 0); }`,
  `import { connect } from 'node:net';\nexport function live_x(port: number) { return new Promise<boolean>((resolve) => { const s = connect(port); s.setTimeout(500, () => { s.destroy(); resolve(false); }); s.once('connect', () => { s.end(); resolve(true); }); s.once('error', () => resolve(false)); }); }`,
  `export async function live_x(lock: { acquire(): Promise<() => void> }) { const release = await lock.acquire(); try { return 1; } finally { release(); } }`,
  `${C}export function live_x() { const onAbort = () => console.log('x'); context.signal.addEventListener('abort', onAbort); context.signal.removeEventListener('abort', onAbort); }`,
  `${C}context.signal.addEventListener('abort', () => console.log('bye'));`,
  `${C}export async function live_x() { await Promise.race([new Promise((_, no) => context.signal.addEventListener('abort', () => no(new Error('x')))), fetch('x')]); }`,
  `${C}export function live_x() { const timer = setTimeout(() => {}, 10); context.signal.addEventListener('abort', () => clearTimeout(timer)); }`,
  `${C}import { createSocket } from 'node:dgram';\nconst socket = createSocket('udp4');\nsocket.on('message', () => {});\nexport default definePlugin({ async onLoad() { await new Promise<void>((r) => { socket.bind(1, r); }); }, onFree() { socket.close(); } });`,
  `${C}import { watchFile, unwatchFile } from 'node:fs';\nexport default definePlugin({ onLoad() { watchFile('x', () => {}); }, onFree() { unwatchFile('x'); } });`,
  `${C}async function main() { while (true) { if (context.signal.aborted) return; await new Promise((r) => setTimeout(r, 1)); } }\nexport default definePlugin({ onInit() { context.waitUntil(main()); } });`,
  `${C}export default definePlugin({ onInit() { context.waitUntil(Promise.all([a(), b()])); } });\nasync function a() {}\nasync function b() {}`,
  `${C}export default definePlugin({ async onInit() { const tick = async () => { if (!context.signal.aborted) { await 0; setTimeout(tick, 10); } }; await tick(); } });`.replace(
    'setTimeout(tick, 10)',
    'setTimeout(() => context.waitUntil(tick()), 10)',
  ),
];
it('good', () => {
  good.forEach((s, i) => {
    if (!s) return;
    try {
      const f = checkRule(noLongTasks, s);
      if (f.length !== 0)
        console.log(
          'GOOD',
          i,
          JSON.stringify(s).slice(0, 500),
          '->',
          f.map((x) => x.at + ' ' + x.code + ': ' + x.problem + '\n').join(''),
        );
      checkRule(noGlobals, s);
    } catch (e) {
      console.log(
        'ERR',
        i,
        JSON.stringify(s).slice(0, 250),
        String(e)
          .replace(/\u001b\[\d+m/g, '')
          .slice(0, 500),
      );
    }
  });
}, 100000);
