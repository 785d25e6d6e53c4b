import type { PluginText } from '../../test/helpers/compose-plugin.js';

/** What every answer says of who gave it. */
export interface Answer {
  /** Edition of the guardian. */
  readonly guardian: number;
  /** Edition of the armory that the guardian imports, when it was asked. */
  readonly armory?: number;
  /** Eight hexadecimal digits of the artifact's hash. */
  readonly version: string;
}

export function armory(edition: number): PluginText {
  return {
    name: 'armory',
    exports: { edition: `async () => ${edition}` },
    live: { live_breakArmory: '() => { process.exit(1); }' },
  };
}

export function guardian(edition: number): PluginText {
  return {
    name: 'guardian',
    imports: ['armory'],
    module: `
const sleep = (ms, signal) => new Promise((resolve) => {
  const timer = setTimeout(resolve, ms);
  signal?.addEventListener('abort', () => { clearTimeout(timer); resolve(); }, { once: true });
});
const me = () => ({ guardian: ${edition}, version: context.version });
`,
    idempotent: ['live_count'],
    live: {
      live_answer: 'async () => me()',
      live_arm: "async () => ({ ...me(), armory: await callImport('armory', 'edition', []) })",
      live_relay: "async () => context.vault.call('live_answer')",
      live_sleep: 'async (ms) => { await sleep(ms, context.call.signal); return me(); }',
      live_deaf: 'async (ms) => { await sleep(ms); return me(); }',
      live_patrol:
        'async function* (steps) { for (let step = 0; step < steps; step++) { await sleep(0); yield me(); } }',
      live_stream:
        '(chunks) => { let left = chunks; return new ReadableStream({ pull(to) { if (left-- > 0) to.enqueue(me()); else to.close(); } }, { highWaterMark: 0 }); }',
      live_lateStream:
        'async () => { await sleep(4); return new ReadableStream({ pull(to) { to.enqueue(me()); } }); }',
      live_report:
        'async (tell, times) => { for (let time = 0; time < times; time++) await tell(me()); return me(); }',
      live_linger: 'async (ms) => { context.waitUntil(sleep(ms)); return me(); }',
      live_throw: "async () => { throw new RangeError('No sword.'); }",
      live_closure: 'async () => ({ items: [{ onDone: () => {} }] })',
      live_count:
        'async (counter, deaths) => { if (Atomics.add(counter, 0, 1) < deaths) process.exit(1); return me(); }',
      live_exit: 'async () => { process.exit(1); }',
      live_timer:
        "() => { setTimeout(() => { throw new Error('No shield.'); }, 0); return new Promise(() => {}); }",
      live_rejection: "() => { Promise.reject(new Error('No oath.')); return new Promise(() => {}); }",
    },
    hooks: { onLoad: '() => {}', onFree: '() => {}' },
  };
}

/** Comes up, and dies of the first call of any kind. */
export function doomedGuardian(edition: number): PluginText {
  const sound = guardian(edition);
  const live = Object.fromEntries(
    Object.keys(sound.live ?? {}).map((name) => [name, '() => { process.exit(9); }']),
  );
  return { ...sound, live };
}
