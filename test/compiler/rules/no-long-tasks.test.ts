import { describe, expect, it } from 'vitest';
import { noLongTasks } from '../../../lib/compiler/rules/no-long-tasks/no-long-tasks.js';
import { checkRule, type Sources } from '../../helpers/check-rule.js';
import { testRulePage } from '../../helpers/rule-page.js';

/** Title, sources, and where the one finding is. */
type Refused = readonly [title: string, sources: Sources, at: string, says?: RegExp];
type Accepted = readonly [title: string, sources: Sources];

const plugin = `import { context, definePlugin } from 'liveswap/plugin';`;

const refused: readonly Refused[] = [
  [
    'an interval of a resource that nothing closes',
    `import { resource } from 'liveswap/plugin';\nexport const beat = resource(() => setInterval(console.log, 1000));`,
    'index.ts:2',
  ],
  [
    'an interval',
    `export function live_beat() { setInterval(() => console.log('beat'), 1000); }`,
    'index.ts:1',
    /interval/,
  ],
  ['an interval at module level', `setInterval(() => console.log('beat'), 1000);`, 'index.ts:1'],
  [
    'an interval through an alias',
    `const every = setInterval;\nexport function live_beat() { every(() => console.log('beat'), 1000); }`,
    'index.ts:2',
  ],
  [
    'an interval by another name of node:timers',
    `import { setInterval as every } from 'node:timers';\nexport const live_beat = () => { every(console.log, 1000); };`,
    'index.ts:2',
  ],
  [
    'an interval of a namespace',
    `import * as timers from 'node:timers';\nexport const live_beat = () => { timers.setInterval(console.log, 1000); };`,
    'index.ts:2',
  ],
  [
    'an interval destructured from globalThis',
    `const { setInterval: tick } = globalThis;\nexport const live_beat = () => { tick(console.log, 1000); };`,
    'index.ts:2',
  ],
  [
    'an interval of globalThis by name',
    `export const live_beat = () => { globalThis['setInterval'](console.log, 1000); };`,
    'index.ts:1',
  ],
  [
    'a bound interval',
    `const every = setInterval.bind(globalThis);\nexport const live_beat = () => { every(console.log, 1000); };`,
    'index.ts:2',
  ],
  [
    'an interval by call',
    `export const live_beat = () => { setInterval.call(globalThis, console.log, 1000); };`,
    'index.ts:1',
  ],
  [
    'an interval in a helper of another file, once',
    {
      'index.ts': `import { every } from './every.js';\nexport const live_beat = () => { every(1000); };\nexport const live_rest = () => { every(2000); };`,
      'every.ts': `export function every(ms: number) {\n  return setInterval(() => console.log('beat'), ms);\n}`,
    },
    'every.ts:2',
  ],
  [
    'an interval that a re-export hides',
    {
      'index.ts': `import { tick } from './time.js';\nexport const live_beat = () => { tick(console.log, 1000); };`,
      'time.ts': `export { setInterval as tick } from 'node:timers';`,
    },
    'index.ts:2',
  ],
  [
    'an interval with only unref',
    `export function live_beat() { setInterval(console.log, 1000).unref(); }`,
    'index.ts:1',
  ],
  [
    'an interval that only clears itself',
    `export function live_beat() { let n = 0; const timer = setInterval(() => { if (++n > 5) clearInterval(timer); }, 1000); }`,
    'index.ts:1',
  ],
  [
    'an interval that another live function clears',
    `let timer: NodeJS.Timeout;\nexport function live_start() { timer = setInterval(console.log, 1000); }\nexport function live_stop() { clearInterval(timer); }`,
    'index.ts:2',
  ],
  [
    'a timer that sets itself again',
    `function tick() { console.log('tick'); setTimeout(tick, 1000); }\nexport const live_start = () => tick();`,
    'index.ts:1',
    /again/,
  ],
  [
    'a timer that sets itself again through another function',
    `function work() { plan(); }\nfunction plan() { setTimeout(() => work(), 10); }\nexport const live_start = () => work();`,
    'index.ts:2',
    /again/,
  ],
  [
    'an immediate that sets itself again',
    `export function live_spin() { setImmediate(live_spin); }`,
    'index.ts:1',
    /again/,
  ],
  [
    'a microtask that queues itself',
    `function spin() { queueMicrotask(spin); }\nexport const live_spin = () => spin();`,
    'index.ts:1',
  ],
  [
    'a tick that queues itself',
    `import process from 'node:process';\nfunction spin() { process.nextTick(() => spin()); }\nexport const live_spin = () => spin();`,
    'index.ts:2',
  ],
  [
    'a timer that nobody waits for',
    `export function live_later() { setTimeout(() => console.log('later'), 1000); }`,
    'index.ts:1',
  ],
  [
    'a loop without an exit',
    `export function live_loop() { while (true) console.log('on'); }`,
    'index.ts:1',
    /loop/,
  ],
  [
    'a for loop without a condition',
    `export async function live_loop() { for (;;) { await Promise.resolve(); } }`,
    'index.ts:1',
  ],
  [
    'a do loop without an exit',
    `export function live_loop() { do { console.log('on'); } while (1); }`,
    'index.ts:1',
  ],
  [
    'a loop on a constant',
    `const forever = true;\nexport function live_loop() { while (forever) console.log('on'); }`,
    'index.ts:2',
  ],
  [
    'a loop whose only exit is in a nested function',
    `export function live_loop(names: string[]) { for (;;) { names.some((name) => { return name === 'a'; }); } }`,
    'index.ts:1',
  ],
  [
    'a loop of which only an inner loop is left',
    `export function live_loop() { while (true) { for (const n of [1, 2]) { if (n === 2) break; } } }`,
    'index.ts:1',
  ],
  [
    'a loop of which only a switch is left',
    `export function live_loop(n: number) { while (true) { switch (n) { case 1: break; default: n++; } } }`,
    'index.ts:1',
  ],
  [
    'a loop that throws only to itself',
    `export function live_loop() { while (true) { try { throw new Error('no'); } catch { console.log('again'); } } }`,
    'index.ts:1',
  ],
  [
    'a labelled loop that only continues',
    `export function live_loop() { outer: while (true) { for (;;) { continue outer; } } }`,
    'index.ts:1',
  ],
  [
    'events without an end',
    `import { EventEmitter, on } from 'node:events';\nexport async function live_listen(bus: EventEmitter) { for await (const event of on(bus, 'salute')) console.log(event); }`,
    'index.ts:2',
  ],
  [
    'ticks without an end',
    `import { setInterval } from 'node:timers/promises';\nexport async function live_tick() { for await (const _ of setInterval(100)) console.log('tick'); }`,
    'index.ts:2',
  ],
  [
    'a generator that never ends, used up',
    `function* ids() { let n = 0; while (true) yield n++; }\nexport function live_all() { for (const id of ids()) console.log(id); }`,
    'index.ts:2',
  ],
  [
    'a dropped promise',
    `async function save() {}\nexport function live_save() { save(); }`,
    'index.ts:2',
    /promise/,
  ],
  [
    'a promise with a handler only',
    `async function save() {}\nexport function live_save() { save().catch(() => {}); }`,
    'index.ts:2',
  ],
  ['a void promise', `async function save() {}\nexport function live_save() { void save(); }`, 'index.ts:2'],
  [
    'a promise in a ternary',
    `async function save() {}\nexport function live_save(now: boolean) { now ? save() : console.log('no'); }`,
    'index.ts:2',
  ],
  [
    'a promise after &&',
    `async function save() {}\nexport function live_save(now: boolean) { now && save(); }`,
    'index.ts:2',
  ],
  [
    'a promise before a comma',
    `async function save() {}\nexport function live_save() { return (void save(), 1); }`,
    'index.ts:2',
  ],
  [
    'an async callback of forEach',
    `async function save(name: string) { console.log(name); }\nexport function live_save(names: string[]) { names.forEach(async (name) => { await save(name); }); }`,
    'index.ts:2',
  ],
  [
    'a named async callback of forEach',
    `async function save(name: string) { console.log(name); }\nexport function live_save(names: string[]) { names.forEach(save); }`,
    'index.ts:2',
  ],
  [
    'the promises of a dropped map',
    `async function save(name: string) { console.log(name); }\nexport function live_save(names: string[]) { names.map((name) => save(name)); }`,
    'index.ts:2',
  ],
  [
    'a promise nobody reads',
    `async function save() {}\nexport function live_save() { const saving = save(); }`,
    'index.ts:2',
  ],
  [
    'an async function called where it stands',
    `export function live_save() { (async () => { await Promise.resolve(); })(); }`,
    'index.ts:1',
  ],
  [
    'a call of another plugin that nobody waits for',
    `import { importPlugin } from 'liveswap/plugin';\nconst armory = importPlugin<{ polish(): void }>('armory');\nexport function live_polish() { armory.polish(); }`,
    'index.ts:3',
  ],
  ['a promise at module level', `async function warmUp() {}\nwarmUp();`, 'index.ts:2'],
  [
    'a subscription at module level',
    `import { EventEmitter } from 'node:events';\nconst bus = new EventEmitter();\nbus.on('salute', () => console.log('hail'));`,
    'index.ts:3',
    /subscribes/,
  ],
  [
    'a listener of the process',
    `export function live_listen() { process.on('SIGTERM', () => console.log('bye')); }`,
    'index.ts:1',
    /process/,
  ],
  [
    'a listener of the imported process',
    `import process from 'node:process';\nprocess.once('beforeExit', () => console.log('bye'));`,
    'index.ts:2',
  ],
  [
    'a server',
    `import { createServer } from 'node:http';\nexport function live_serve() { createServer((_, res) => res.end()).listen(8080); }`,
    'index.ts:2',
    /server/,
  ],
  [
    'a server kept in a variable',
    `import * as net from 'node:net';\nconst server = net.createServer();\nserver.listen(8080);`,
    'index.ts:3',
  ],
  [
    'a datagram socket',
    `import { createSocket } from 'node:dgram';\nexport function live_serve() { const socket = createSocket('udp4'); socket.bind(41234); }`,
    'index.ts:2',
  ],
  [
    'a watcher',
    `import { watch } from 'node:fs';\nexport function live_watch() { watch('.', () => console.log('changed')); }`,
    'index.ts:2',
    /watcher/,
  ],
  [
    'a polling watcher',
    `import fs from 'node:fs';\nexport function live_watch() { fs.watchFile('a', () => console.log('changed')); }`,
    'index.ts:2',
  ],
  [
    'a chokidar watcher',
    `import { watch } from 'chokidar';\nexport function live_watch() { watch('.').on('all', () => console.log('changed')); }`,
    'index.ts:2',
  ],
  [
    'a thread',
    `import { Worker } from 'node:worker_threads';\nexport function live_start() { new Worker('./x.js'); }`,
    'index.ts:2',
    /thread/,
  ],
  [
    'a child process',
    `import { spawn } from 'node:child_process';\nexport function live_start() { spawn('forge'); }`,
    'index.ts:2',
    /process/,
  ],
  [
    'a child process with a signal that nobody aborts',
    `import { exec } from 'node:child_process';\nexport function live_start() { const never = new AbortController(); exec('forge', { signal: never.signal }); }`,
    'index.ts:2',
  ],
  [
    'an interval handed on as a function',
    `function run(every: typeof setInterval) { every(() => {}, 10); }\nexport const live_beat = () => run(setInterval);`,
    'index.ts:1',
  ],
  [
    'an interval kept in an object',
    `const time = { every: setInterval };\nexport const live_beat = () => { time.every(() => {}, 10); };`,
    'index.ts:2',
  ],
  ['an interval by Reflect', `Reflect.apply(setInterval, undefined, [() => {}, 10]);`, 'index.ts:1'],
  [
    'an interval in a field',
    `class Beat { readonly timer = setInterval(() => {}, 10); }\nexport const live_beat = () => new Beat().timer.hasRef();`,
    'index.ts:1',
  ],
  [
    'a method that sets itself again',
    `class Patrol { walk() { setTimeout(() => this.walk(), 10); } }\nexport const live_patrol = () => new Patrol().walk();`,
    'index.ts:1',
  ],
  [
    'a timer that leads to one which sets itself again, once',
    `export function live_tick() {\n  setTimeout(function tick(this: unknown) {\n    setTimeout(tick, 10);\n  }, 10);\n}`,
    'index.ts:3',
  ],
  [
    'a function that awaits itself for ever',
    `async function loop(): Promise<void> { await 0; return loop(); }\nexport const live_loop = () => loop();`,
    'index.ts:1',
  ],
  [
    'a flag that nobody sets',
    `export async function live_loop() { let on = true; while (on) await 0; }`,
    'index.ts:1',
  ],
  [
    'a promise assigned to what nobody reads',
    `async function save() {}\nexport function live_save() { let saving; saving = save(); }`,
    'index.ts:2',
  ],
  [
    'a promise in a constructor',
    `async function save() {}\nexport class Live_Fire { constructor() { save(); } handle() {} }`,
    'index.ts:2',
  ],
  [
    'all of several promises',
    `async function save() {}\nexport function live_save() { Promise.all([save(), save()]); }`,
    'index.ts:2',
  ],
  [
    'an async method where nothing is expected',
    `interface Done { onDone(): void }\nfunction run(done: Done) { done.onDone(); }\nexport function live_run() { run({ async onDone() { await 0; } }); }`,
    'index.ts:3',
  ],
  [
    'an async listener',
    `import { createReadStream } from 'node:fs';\nexport function live_read() { createReadStream('x').on('data', async () => { await 0; }); }`,
    'index.ts:2',
  ],
  [
    'the data bag without await',
    `import { context } from 'liveswap/plugin';\nexport function live_set() { context.vault.dataBag.set('a', 1); }`,
    'index.ts:2',
  ],
  [
    'a diagnostics channel at module level',
    `import { subscribe } from 'node:diagnostics_channel';\nsubscribe('salute', () => {});`,
    'index.ts:2',
  ],
  [
    'a listener by the imported function',
    `import { on } from 'node:process';\non('SIGINT', () => {});`,
    'index.ts:2',
  ],
  [
    'a server that onFree does not close',
    `import { createServer } from 'node:http';\n${plugin}\nconst server = createServer((_, res) => res.end(context.plugin));\nexport default definePlugin({ onLoad() { server.listen(1); }, onFree() { server.ref(); } });`,
    'index.ts:4',
  ],
  [
    'a detached process',
    `import { spawn } from 'node:child_process';\nexport const live_start = () => { spawn('forge', { detached: true }).unref(); };`,
    'index.ts:2',
  ],
];

const accepted: readonly Accepted[] = [
  [
    'an interval that is set in onActive and cleared in onYield',
    `import { definePlugin } from 'liveswap/plugin';\nlet timer: NodeJS.Timeout | undefined;\nexport default definePlugin({ onActive() { timer = setInterval(console.log, 1000); }, onYield() { clearInterval(timer); } });`,
  ],
  [
    'what runs while the version is active',
    `import { every } from 'liveswap/plugin';\nevery(1000, () => console.log('patrol'));`,
  ],
  [
    'work that a resource begins and closes',
    `import { resource } from 'liveswap/plugin';\nexport const beat = resource(() => setInterval(console.log, 1000), (timer) => clearInterval(timer));`,
  ],
  [
    'work that functions of a resource begin and end',
    `import { createServer } from 'node:http';\nimport { resource } from 'liveswap/plugin';\nconst begin = () => createServer().listen(0);\nconst end = (server: ReturnType<typeof begin>) => server.close();\nexport const server = resource(begin, end);`,
  ],
  [
    'an interval cleared on abort',
    `${plugin}\nexport default definePlugin({ onLoad() { const timer = setInterval(console.log, 1000); context.signal.addEventListener('abort', () => clearInterval(timer)); } });`,
  ],
  [
    'an interval cleared in onFree',
    `${plugin}\nlet timer: NodeJS.Timeout | undefined;\nexport default definePlugin({ onLoad() { timer = setInterval(console.log, 1000); }, onFree() { clearInterval(timer); } });`,
  ],
  [
    'an interval cleared by what onFree calls',
    {
      'index.ts': `import { definePlugin } from 'liveswap/plugin';\nimport { start, stop } from './beat.js';\nexport default definePlugin({ onLoad: () => start(), onFree: stop });`,
      'beat.ts': `let timer: NodeJS.Timeout | undefined;\nexport function start() { timer = setInterval(console.log, 1000); }\nexport function stop() { if (timer) end(timer); }\nfunction end(handle: NodeJS.Timeout) { clearInterval(handle); }`,
    },
  ],
  [
    'an interval cleared by a function that onFree is given',
    `${plugin}\nfunction beat() { const timer = setInterval(console.log, 1000); return () => clearInterval(timer); }\nlet stop: (() => void) | undefined;\nexport default definePlugin({ onLoad() { stop = beat(); }, onFree() { stop?.(); } });`,
  ],
  [
    'an interval cleared by a list of functions',
    `${plugin}\nconst ends: (() => void)[] = [];\nexport default definePlugin({ onLoad() { const timer = setInterval(console.log, 1000); ends.push(() => clearInterval(timer)); }, onFree() { for (const end of ends) end(); } });`,
  ],
  [
    'an interval of an object that onFree stops',
    `${plugin}\nclass Beat { #timer: NodeJS.Timeout | undefined; start() { this.#timer = setInterval(console.log, 1000); } stop() { clearInterval(this.#timer); } }\nconst beat = new Beat();\nexport default definePlugin({ onLoad() { beat.start(); }, onFree() { beat.stop(); } });`,
  ],
  [
    'an interval that ends with its call',
    `export async function live_work() { const timer = setInterval(console.log, 1000); try { await Promise.resolve(); } finally { clearInterval(timer); } }`,
  ],
  [
    'an interval that ends with a promise that is given back',
    `export function live_work() { const timer = setInterval(console.log, 1000); return Promise.resolve(1).finally(() => clearInterval(timer)); }`,
  ],
  [
    'polling inside an awaited promise',
    `export async function live_wait(done: () => boolean) { await new Promise<void>((resolve) => { const timer = setInterval(() => { if (done()) { clearInterval(timer); resolve(); } }, 10); }); }`,
  ],
  [
    'a local function with the name of a timer',
    `function setInterval(fn: () => void, times: number) { for (let i = 0; i < times; i++) fn(); }\nexport function live_beat() { setInterval(() => console.log('beat'), 3); }`,
  ],
  [
    'a parameter with the name of a timer',
    `export function live_beat(setTimeout: (fn: () => void) => void) { setTimeout(() => console.log('beat')); }`,
  ],
  [
    'awaited timers',
    `import { setTimeout as sleep } from 'node:timers/promises';\nexport async function live_wait() { await sleep(10); await new Promise((resolve) => setTimeout(resolve, 10)); await new Promise<void>((resolve) => { setTimeout(() => { console.log('now'); resolve(); }, 10); }); }`,
  ],
  [
    'a time-out that is cleared',
    `export async function live_fetch(url: string) { const ac = new AbortController(); const timer = setTimeout(() => ac.abort(), 500); try { return (await fetch(url, { signal: ac.signal })).status; } finally { clearTimeout(timer); } }`,
  ],
  [
    'a race with a timer',
    `export async function live_race(work: Promise<string>) { return Promise.race([work, new Promise<never>((_, reject) => setTimeout(() => reject(new Error('late')), 100))]); }`,
  ],
  [
    'a timer that settles a promise',
    `export async function live_wait() { const { promise, resolve } = Promise.withResolvers<void>(); setTimeout(resolve, 10); await promise; }`,
  ],
  [
    'a timer that asks the signal before it sets itself again',
    `import { context } from 'liveswap/plugin';\nfunction tick() { if (context.signal.aborted) return; console.log('tick'); setTimeout(tick, 1000); }\nexport const live_start = () => tick();`,
  ],
  [
    'a microtask',
    `export function live_soon() { queueMicrotask(() => console.log('soon')); process.nextTick(console.log, 'soon'); }`,
  ],
  [
    'loops with an exit',
    `export function live_loop(next: () => number) { while (true) { if (next() > 3) break; }\nfor (;;) { if (next() > 3) return 1; } }\nexport function live_throw(next: () => number) { while (true) if (next() > 3) throw new Error('done'); }`,
  ],
  [
    'a labelled break out of a nested loop',
    `export function live_loop(next: () => number) { outer: while (true) { for (;;) { if (next() > 3) break outer; } } }`,
  ],
  [
    'a loop that continues an outer one',
    `export function live_loop(names: string[]) { outer: for (const name of names) { while (true) { if (name) continue outer; } } }`,
  ],
  [
    'a loop until the signal is aborted',
    `import { setTimeout as sleep } from 'node:timers/promises';\nimport { context } from 'liveswap/plugin';\nexport async function live_loop() { while (!context.signal.aborted) await sleep(100); }\nexport async function live_other() { for (;;) { context.signal.throwIfAborted(); await sleep(100); } }\nexport async function live_third() { while (true) { await sleep(100, undefined, { signal: context.signal }); } }`,
  ],
  [
    'a loop on a flag that is set elsewhere',
    `${plugin}\nlet running = true;\nexport default definePlugin({ async onInit() { while (running) await Promise.resolve(); }, onFree() { running = false; } });`,
  ],
  [
    'a generator that never ends, pulled',
    `function* ids() { let n = 0; while (true) yield n++; }\nexport function live_first() { for (const id of ids()) if (id > 3) return id; return 0; }\nexport async function* live_numbers() { for (let n = 0; ; n++) yield n; }`,
  ],
  [
    'bounded loops',
    `export async function live_all(names: string[], stream: AsyncIterable<string>) { for (let i = 0; i < 3; i++) console.log(i); for (const name of names) console.log(name); for await (const part of stream) console.log(part); let n = 3; while (n > 0) n--; }`,
  ],
  [
    'events bound to the signal',
    `import { EventEmitter, on } from 'node:events';\nimport { context } from 'liveswap/plugin';\nexport async function live_listen(bus: EventEmitter) { const { signal } = context; for await (const event of on(bus, 'salute', { signal })) console.log(event); }`,
  ],
  [
    'events that are left',
    `import { EventEmitter, on } from 'node:events';\nexport async function live_first(bus: EventEmitter) { for await (const [event] of on(bus, 'salute')) { return event as string; } }`,
  ],
  [
    'promises that somebody waits for',
    `import { context } from 'liveswap/plugin';\nasync function save(name: string) { return name; }\nexport async function live_save(names: string[]) { await save('a'); await Promise.all(names.map((name) => save(name))); context.waitUntil(save('b')); const later = save('c'); await later; return save('d'); }`,
  ],
  [
    'a promise that is looked at and awaited',
    `async function save() { return 1; }\nexport async function live_save() { const saving = save(); saving.catch(() => {}); console.log('on'); return await saving; }`,
  ],
  [
    'a concise async callback whose results are used',
    `async function save(name: string) { return name; }\nexport const live_save = (names: string[]) => Promise.allSettled(names.map(async (name) => save(name)));`,
  ],
  [
    'an assigned promise',
    `async function open() { return 1; }\nexport class Live_Fire { #ready?: Promise<number>; async handle() { this.#ready ??= open(); return await this.#ready; } }`,
  ],
  ['top-level await', `async function warmUp() { return 1; }\nexport const warm = await warmUp();`],
  [
    'a subscription inside a hook, and one with the signal',
    `import { EventEmitter } from 'node:events';\n${plugin}\nconst target = new EventTarget();\ntarget.addEventListener('salute', () => console.log('hail'), { signal: context.signal });\nexport default definePlugin({ onLoad() { const bus = new EventEmitter(); bus.once('salute', () => console.log('hail')); bus.emit('salute'); } });`,
  ],
  [
    'a module-level subscription that onFree ends',
    `import { EventEmitter } from 'node:events';\n${plugin}\nconst bus = new EventEmitter();\nconst hail = () => console.log('hail', context.plugin);\nbus.on('salute', hail);\nexport default definePlugin({ onFree() { bus.off('salute', hail); } });`,
  ],
  [
    'a listener of the process that onFree takes off',
    `${plugin}\nconst note = () => console.log('warning', context.plugin);\nexport default definePlugin({ onLoad() { process.on('warning', note); }, onFree() { process.off('warning', note); } });`,
  ],
  [
    'a server closed in onFree',
    `import { createServer } from 'node:http';\n${plugin}\nconst server = createServer((_, res) => res.end(context.plugin));\nexport default definePlugin({ async onLoad() { await new Promise<void>((resolve) => { server.listen(8080, resolve); }); }, async onFree() { await new Promise((resolve) => server.close(resolve)); } });`,
  ],
  [
    'a server bound to the signal',
    `import { createServer } from 'node:net';\nimport { context } from 'liveswap/plugin';\nexport function live_serve() { createServer().listen({ port: 0, signal: context.signal }); }`,
  ],
  [
    'watchers that are closed',
    `import { watch } from 'node:fs';\nimport chokidar from 'chokidar';\n${plugin}\nexport default definePlugin({ onLoad() { watch('.', { signal: context.signal }, () => console.log('changed')); const watcher = chokidar.watch('.'); watcher.on('all', () => console.log('changed')); context.signal.addEventListener('abort', () => watcher.close()); } });`,
  ],
  [
    'a thread that is terminated',
    `import { Worker } from 'node:worker_threads';\nimport { once } from 'node:events';\nexport async function live_compute() { const worker = new Worker('./x.js'); try { const [answer] = await once(worker, 'message'); return answer as number; } finally { await worker.terminate(); } }`,
  ],
  [
    'child processes that are waited for',
    `import { execFile, spawn } from 'node:child_process';\nimport { once } from 'node:events';\nimport { promisify } from 'node:util';\nexport async function live_run() { const child = spawn('forge'); await once(child, 'exit'); const { stdout } = await promisify(execFile)('forge'); return stdout; }\nexport function live_other() { return new Promise<string>((resolve, reject) => { execFile('forge', (error, stdout) => (error ? reject(error) : resolve(stdout))); }); }\nexport async function live_third() { const child = spawn('forge'); let text = ''; for await (const part of child.stdout) text += String(part); return text; }`,
  ],
  [
    'a child process bound to the call',
    `import { spawn } from 'node:child_process';\nimport { context } from 'liveswap/plugin';\nexport function live_run() { const signal = context.call?.signal; spawn('forge', { ...(signal && { signal }) }); spawn('forge', { signal: AbortSignal.any([context.signal]) }); }`,
  ],
  [
    'synchronous callbacks and getters',
    `export const live_names = (names: string[]) => names.map((name) => name.trim()).sort();\nexport const live_text = (text: string) => text.replace(/a/g, () => 'b');`,
  ],
  [
    'timers of an object that an abort listener stops',
    `${plugin}\nclass Beats { #timers = new Set<NodeJS.Timeout>(); every(ms: number, fn: () => void) { this.#timers.add(setInterval(fn, ms)); } stop() { for (const timer of this.#timers) clearInterval(timer); } }\nexport default definePlugin({ onLoad() { const beats = new Beats(); beats.every(10, () => {}); context.signal.addEventListener('abort', () => beats.stop()); } });`,
  ],
  [
    'async ticks of an interval that onFree clears',
    `${plugin}\nlet timer: NodeJS.Timeout | undefined;\nexport default definePlugin({ onLoad() { timer = setInterval(async () => { await context.vault.dataBag.set('beat', 1); }, 1000); }, onFree() { clearInterval(timer); } });`,
  ],
  [
    'a controller that onFree aborts',
    `import { watch } from 'node:fs';\nimport { definePlugin } from 'liveswap/plugin';\nconst controller = new AbortController();\nconst { signal } = controller;\nexport default definePlugin({ onLoad() { watch('.', { signal }); }, onFree: () => controller.abort() });`,
  ],
  [
    'a server that a promise gives, with async handlers',
    `import { createServer, type Server } from 'node:http';\n${plugin}\nfunction start() { const server = createServer(async (_req, res) => { await 0; res.end('hail'); }); return new Promise<Server>((resolve) => { server.listen(0, () => resolve(server)); }); }\nexport default definePlugin({ async onLoad() { const server = await start(); context.signal.addEventListener('abort', () => { server.close(); }); } });`,
  ],
  [
    'threads in a list',
    `import { Worker } from 'node:worker_threads';\nimport { definePlugin } from 'liveswap/plugin';\nconst workers: Worker[] = [];\nexport default definePlugin({ onLoad() { workers.push(new Worker('x')); }, async onFree() { await Promise.all(workers.map((worker) => worker.terminate())); } });`,
  ],
  [
    'a process whose end settles a promise',
    `import { spawn } from 'node:child_process';\nexport function live_run() { return new Promise<number>((resolve, reject) => { const child = spawn('x', { stdio: 'inherit' }); child.once('error', reject); child.once('exit', (code) => resolve(code ?? 1)); }); }`,
  ],
  [
    'recursion that ends',
    `async function walk(n: number): Promise<number> { if (n === 0) return 0; return walk(n - 1); }\nexport const live_walk = () => walk(3);`,
  ],
  [
    'a limited number of promises at once',
    `export async function live_all(jobs: (() => Promise<number>)[]) { const running = new Set<Promise<number>>(); for (const job of jobs) { const started = job(); running.add(started); started.finally(() => running.delete(started)); if (running.size > 3) await Promise.race(running); } await Promise.all(running); }`,
  ],
  [
    'functions and methods with the names of others',
    `const app = { listen(n: number) { return n; }, watch() { return 1; } };\nconst process = { on(_: string, fn: () => void) { fn(); } };\nexport const live_run = (exec: (s: string) => void, spawn: () => void) => { exec('a'); spawn(); app.listen(1); app.watch(); process.on('exit', () => {}); };`,
  ],
];

describe('no-long-tasks', () => {
  for (const [title, sources, at, says = /\.$/] of refused) {
    it(`refuses ${title}`, () => {
      const findings = checkRule(noLongTasks, sources);
      expect(findings.map((finding) => finding.at)).toEqual([at]);
      expect(findings[0]?.problem).toMatch(says);
    });
  }

  for (const [title, sources] of accepted) {
    it(`accepts ${title}`, () => expect(checkRule(noLongTasks, sources)).toEqual([]));
  }
});

testRulePage(noLongTasks);
