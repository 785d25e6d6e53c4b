import { it } from 'vitest';
import { noLongTasks } from '../lib/build/rules/no-long-tasks.js';
import { checkRule, type Sources } from './helpers/check-rule.js';
const C = `import { context, definePlugin } from 'liveswap/plugin';\n`;
const bad: Sources[] = [
  `const api = { every: setInterval };\nexport const live_x = () => { api.every(() => {}, 10); };`,
  `function run(timer: typeof setInterval) { timer(() => {}, 10); }\nexport const live_x = () => run(setInterval);`,
  `function pick() { return setInterval; }\nexport const live_x = () => { pick()(() => {}, 10); };`,
  `let every: typeof setInterval;\nevery = globalThis.setInterval;\nexport const live_x = () => { every(() => {}, 10); };`,
  `class Beat { readonly #timer = setInterval(() => {}, 10); get id() { return this.#timer; } }\nexport const live_x = () => new Beat().id.hasRef();`,
  `import timers from 'node:timers';\nexport const live_x = () => { timers.setInterval(() => {}, 10); };`,
  `const g = globalThis;\nexport const live_x = () => { g.setInterval(() => {}, 10); };`,
  `Reflect.apply(setInterval, undefined, [() => {}, 10]);`,
  `export const live_x = () => { const loop = () => { setTimeout(loop, 10); }; loop(); };`,
  `export const live_x = () => { (function again() { setTimeout(again, 10); })(); };`,
  `export async function live_x() { const poll = async () => { await fetch('x'); setTimeout(poll, 10); }; await poll(); }`,
  `export function live_x() { setTimeout(function tick(this: unknown) { setTimeout(tick, 10); }, 10); }`,
  `class P { start() { setTimeout(() => this.start(), 10); } }\nexport const live_x = () => new P().start();`,
  `class P { start = () => { setTimeout(this.start, 10); }; }\nexport const live_x = () => new P().start();`,
  `const t = setTimeout(() => {}, 10);\nexport const live_x = () => t.refresh();`,
  `export async function live_x() { while (true) { await new Promise((r) => setTimeout(r, 10)); } }`,
  `export async function live_x() { let i = 0; for (;; i++) { if (i > 5) { const stop = () => { return; }; stop(); } } }`,
  `export async function live_x() { while (!false) { await 0; } }`,
  `export async function live_x() { let on = true; while (on) { await 0; } }`,
  `export async function live_x() { a: while (true) { b: for (;;) { if (Math.random()) break b; } } }`,
  `export async function live_x() { while (true) { try { return await 1 as never; } finally { continue; } } }`,
  `export async function live_x() { while (1 < 2) { await 0; } }`,
  `export async function live_x() { while ('on') { await 0; } }`,
  `export async function live_x() { while ([]) { await 0; } }`,
  `export async function live_x() { for (let ok = true; ok; ) { await 0; } }`,
  `async function loop(): Promise<void> { await 0; return loop(); }\nexport const live_x = () => loop();`,
  `const save = async () => {};\nexport function live_x(ok: boolean) { if (ok) save(); }`,
  `const save = async () => {};\nexport function live_x(ok: boolean) { ok || save(); }`,
  `const save = async () => {};\nexport function live_x(o?: { run?: () => Promise<void> }) { o?.run?.(); return save; }`,
  `const save = async () => {};\nexport function live_x() { for (const n of [1, 2]) save(); }`,
  `const save = async () => {};\nexport function live_x() { [1].forEach(() => save()); }`,
  `const save = async () => {};\nexport function live_x() { [1].forEach(() => void save()); }`,
  `const save = async () => {};\nexport function live_x() { new Map([[1, 2]]).forEach(async () => { await save(); }); }`,
  `const save = async () => {};\nexport function live_x() { Promise.all([save(), save()]); }`,
  `const save = async () => {};\nexport function live_x() { save().then(() => 1, () => 2); }`,
  `const save = async () => {};\nexport function live_x() { save().finally(() => {}); }`,
  `const save = async () => {};\nexport function live_x() { switch (1 as number) { case 1: save(); } }`,
  `const save = async () => {};\nexport async function live_x() { await 0, save(); }`,
  `const save = async () => {};\nexport class Live_F { constructor() { save(); } handle() {} }`,
  `const save = async () => {};\nexport class Live_F { set x(_: number) { save(); } handle() {} }`,
  `const save = async () => {};\nexport function live_x() { return { onDone: () => { save(); } }; }`,
  `const save = async () => {};\nexport function live_x() { new Promise((resolve) => resolve(save)); }`,
  `export function live_x() { import('node:fs'); }`,
  `import { readFile } from 'node:fs/promises';\nexport function live_x() { readFile('x'); }`,
  `${C}export function live_x() { context.vault.dataBag.set('a', 1); }`,
  `${C}export function live_x() { context.vault.call('live_y'); }`,
  `${C}export default definePlugin({ onInit(vault) { vault.live.live_x!(); } });`,
  `async function* gen() { yield 1; }\nexport function live_x() { gen().next(); }`,
  `const save = async () => {};\nexport function live_x() { let p; p = save(); }`,
  `const save = async () => {};\nexport function live_x(list: string[]) { list.map(async () => { await save(); }); }`,
  `const save = async () => {};\nexport function live_x(list: string[]) { const jobs = list.map(() => save()); }`,
  `interface Opts { onDone(): void }\nfunction run(o: Opts) { o.onDone(); }\nexport function live_x() { run({ onDone: async () => { await 0; } }); }`,
  `interface Opts { onDone(): void }\nfunction run(o: Opts) { o.onDone(); }\nexport function live_x() { run({ async onDone() { await 0; } }); }`,
  `import { createReadStream } from 'node:fs';\nexport function live_x() { createReadStream('x').on('data', async () => { await 0; }); }`,
  `import { EventEmitter } from 'node:events';\nimport bus from './bus.js';\nbus.on('x', () => {});`.length
    ? {
        'index.ts': `import bus from './bus.js';\nbus.once('x', () => {});`,
        'bus.ts': `import { EventEmitter } from 'node:events';\nexport default new EventEmitter();`,
      }
    : '',
  `const t = new EventTarget();\nt.addEventListener('x', () => {});`,
  `import { subscribe } from 'node:diagnostics_channel';\nsubscribe('x', () => {});`,
  `import { channel } from 'node:diagnostics_channel';\nchannel('x').subscribe(() => {});`,
  `process.on('message', () => {});`,
  `const p = process;\np.addListener('SIGINT', () => {});`,
  `const { on } = process;\non.call(process, 'SIGINT', () => {});`,
  `import { on } from 'node:process';\non('SIGINT', () => {});`,
  `import https from 'node:https';\nexport const live_x = () => { https.createServer({}, () => {}).listen(443); };`,
  `import { createSecureServer } from 'node:http2';\nexport const live_x = () => { const s = createSecureServer({}); s.listen(443); };`,
  `import { Server } from 'node:http';\nexport const live_x = () => { new Server().listen(1); };`,
  `import { createServer } from 'node:tls';\nexport const live_x = () => { createServer().listen(1); };`,
  `import { createServer } from 'node:http';\nclass App { server = createServer(); start() { this.server.listen(1); } }\nexport const live_x = () => new App().start();`,
  `import { watch } from 'node:fs/promises';\nexport const live_x = async () => { for await (const e of watch('x')) console.log(e); };`,
  `import * as fs from 'node:fs';\nexport const live_x = () => { const w = fs.watch('x'); w.on('change', () => {}); };`,
  `import { Worker as Thread } from 'node:worker_threads';\nexport const live_x = () => { const t = new Thread('x'); t.postMessage(1); };`,
  `import { fork } from 'node:child_process';\nexport const live_x = () => { const c = fork('x'); c.send('a'); };`,
  `import { exec } from 'node:child_process';\nexport const live_x = () => { exec('x', (error) => console.log(error)); };`,
  `import cp from 'node:child_process';\nexport const live_x = () => { const c = cp.spawn('x'); c.on('exit', () => {}); };`,
  `import cluster from 'node:cluster';\nexport const live_x = () => { cluster.fork(); };`,
  `import { spawn } from 'node:child_process';\nexport const live_x = () => { spawn('x', { detached: true }).unref(); };`,
  `export function live_x(ms: number) { const id = setTimeout(() => console.log(1), ms); return Number(id); }`,
  `export function live_x() { setImmediate(() => console.log(1)); }`,
  `import { createServer } from 'node:http';\n${C}const server = createServer();\nexport default definePlugin({ onLoad() { server.listen(1); }, onFree() { server.ref(); } });`,
  `${C}let t: NodeJS.Timeout;\nexport default definePlugin({ onLoad() { t = setInterval(() => {}, 1); }, onFree() { console.log(t); } });`,
  `${C}export default definePlugin({ onLoad() { const t = setInterval(() => {}, 1); context.log.info({ t: t.hasRef() }); } });`,
  `const ac = new AbortController();\nimport { setInterval } from 'node:timers/promises';\nexport async function live_x() { for await (const _ of setInterval(10, 1, { signal: ac.signal })) {} }`,
  `export async function live_x() { for (const x of (function* () { while (true) yield 1; })()) console.log(x); }`,
  `async function* ticks() { for (;;) { await 0; yield 1; } }\nexport async function live_x() { for await (const x of ticks()) console.log(x); }`,
  `function spin() { Promise.resolve().then(spin); }\nexport const live_x = () => spin();`,
  `export function live_x() { const c = new BroadcastChannel('x'); c.onmessage = () => {}; }`,
];
it('bad', () => {
  bad.forEach((s, i) => {
    if (!s) return;
    try {
      const f = checkRule(noLongTasks, s);
      if (f.length !== 1)
        console.log(
          'BAD',
          i,
          JSON.stringify(s).slice(0, 250),
          '->',
          f.map((x) => x.at + ' ' + x.problem + '\n').join(''),
        );
    } catch (e) {
      console.log(
        'ERR',
        i,
        JSON.stringify(s),
        String(e)
          .replace(/\u001b\[\d+m/g, '')
          .slice(0, 500),
      );
    }
  });
}, 100000);
