import { expect, test } from 'vitest';
import { subscribe } from '../../lib/observe/events.js';
import { deploy, type PluginText } from '../helpers/compose-plugin.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { until } from '../helpers/until.js';
import type { Swapper } from '../../lib/index.js';

const herald: PluginText = {
  name: 'herald',
  live: {
    live_say: '(text) => { console.log(text); console.error(text); }',
    live_split: `() => {
      const bytes = Buffer.from('Grüße an Ëowyn, 勇者 und 🐉!');
      for (const byte of bytes) process.stdout.write(Uint8Array.of(byte));
    }`,
    live_encoded: "() => { process.stdout.write(Buffer.from('Hail').toString('base64'), 'base64'); }",
    live_callback: "() => new Promise((resolve) => process.stdout.write('Hail', () => resolve('written')))",
    live_much:
      "() => { process.stdout.write('x'.repeat(8_000_000)); for (let line = 0; line < 2_000; line++) console.log(String(line)); }",
    live_lastWords: "() => { console.log('I fall.'); process.exit(1); }",
    live_log: `(facts) => {
      const bare = Object.assign(Object.create(null), { salute() {} });
      context.log.warn({ ...facts, salute: () => 'Hail', bare }, 'The gate is open.');
    }`,
  },
};

interface Line {
  readonly level: string;
  readonly facts: Record<string, unknown>;
  readonly message: string;
}

async function listen(): Promise<{ swapper: Swapper; lines: Line[]; printed: (stream: string) => string }> {
  const folder = await tempFolder();
  await deploy(folder, herald);
  const lines: Line[] = [];
  const at =
    (level: string) =>
    (facts: object, message = ''): void =>
      void lines.push({ level, facts: facts as Record<string, unknown>, message });
  const logger = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
  const swapper = openSwapper(folder, { logger });
  await swapper.load();
  const printed = (stream: string): string =>
    lines
      .filter(({ facts }) => facts['stream'] === stream)
      .map(({ message }) => message)
      .join('');
  return { swapper, lines, printed };
}

test('output of a thread reaches the logger, with plugin, version and thread', async () => {
  const { swapper, lines, printed } = await listen();
  await swapper.call('live_say', 'To arms!');
  await until(() => printed('stdout') !== '' && printed('stderr') !== '');
  expect(printed('stdout')).toBe('To arms!\n');
  expect(printed('stderr')).toBe('To arms!\n');
  expect(lines.find(({ facts }) => facts['stream'] === 'stdout')).toMatchObject({
    level: 'info',
    facts: { plugin: 'herald', version: swapper.current.plugin('herald').hash.slice(0, 8), thread: 0 },
  });
});

test('characters that are split over chunks arrive whole', async () => {
  const { swapper, printed } = await listen();
  await swapper.call('live_split');
  await until(() => printed('stdout').endsWith('!'));
  expect(printed('stdout')).toBe('Grüße an Ëowyn, 勇者 und 🐉!');
});

test('a write may name its encoding, and is told when it is done', async () => {
  const { swapper, printed } = await listen();
  await swapper.call('live_encoded');
  expect(await swapper.call('live_callback')).toBe('written');
  await until(() => printed('stdout').length >= 8);
  expect(printed('stdout')).toBe('HailHail');
});

test('very much output arrives whole and in order', async () => {
  const { swapper, printed } = await listen();
  await swapper.call('live_much');
  await until(() => printed('stdout').endsWith('1999\n'));
  const [first, ...rest] = printed('stdout').split('\n');
  expect(first).toHaveLength(8_000_001);
  expect(rest.slice(0, -1)).toEqual(Array.from({ length: 1_999 }, (_, line) => String(line + 1)));
});

test('output of a thread right before its end arrives', async () => {
  const { swapper, printed } = await listen();
  await swapper.call('live_lastWords').catch(() => {});
  await until(() => printed('stdout') !== '');
  expect(printed('stdout')).toBe('I fall.\n');
});

test('context.log reaches the logger at its level; what cannot cross is told as text', async () => {
  const { swapper, lines } = await listen();
  await swapper.call('live_log', { tower: 'north' });
  await until(() => lines.some(({ message }) => message === 'The gate is open.'));
  expect(lines.find(({ message }) => message === 'The gate is open.')).toMatchObject({
    level: 'warn',
    facts: {
      plugin: 'herald',
      tower: 'north',
      salute: '[Function: salute]',
      bare: expect.stringContaining('salute'),
    },
  });
});

test('output is an event of its own, whatever the logger does', async () => {
  const { swapper } = await listen();
  const texts: string[] = [];
  const stop = subscribe(swapper, (event) => {
    if (event.type === 'output') texts.push(event.text);
  });
  await swapper.call('live_say', 'To arms!');
  await until(() => texts.length === 2);
  stop();
  expect(texts).toEqual(['To arms!\n', 'To arms!\n']);
});
