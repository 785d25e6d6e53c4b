import { join } from 'node:path';
import { expect, test } from 'vitest';
import { build, BuildSession, findingsOf } from '../../lib/compiler/index.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { writeFiles } from '../helpers/write-plugins.js';

/** An adapter of one's own, for a package that nobody else knows. */
const own = `import { defineAdapter, takesWork } from 'liveswap/adapters';
import { PAUSES } from './pauses.mjs';
export default defineAdapter('armory-queue', {
  versions: '>=2',
  exports: { Consumer: takesWork({ [PAUSES]: (consumer) => consumer.halt(), waits: { consume: (proceed) => proceed() } }) },
});`;

const queue = `export class Consumer {
  isOpen = false;
  async consume() { this.isOpen = true; }
  async halt() { this.isOpen = false; }
  async close() {}
}`;

async function consumerProject(): Promise<string> {
  const folder = await tempFolder();
  await writeFiles(folder, {
    'package.json': '{ "type": "module" }',
    'adapters/mine.mjs': own,
    'adapters/pauses.mjs': `export const PAUSES = 'pause';`,
    'node_modules/armory-queue/package.json':
      '{ "name": "armory-queue", "version": "2.1.0", "type": "module", "exports": { "types": "./index.d.ts", "default": "./index.js" } }',
    'node_modules/armory-queue/index.js': queue,
    'node_modules/armory-queue/index.d.ts':
      'export declare class Consumer { isOpen: boolean; consume(): Promise<void>; halt(): Promise<void>; close(): Promise<void>; }',
    'plugins/guardian/index.ts': `import { definePlugin } from 'liveswap/plugin';
import { Consumer } from 'armory-queue';
const consumer = new Consumer();
void consumer.consume();
const open: boolean[] = [];
export default definePlugin({
  onLoad: () => { open.push(consumer.isOpen); },
  functions: { open: () => [...open, consumer.isOpen] },
});`,
  });
  return folder;
}

test('a plugin is built with adapters of one’s own, and the rules take for closed what they begin and end', async () => {
  const folder = await consumerProject();
  const sources = [join(folder, 'plugins/guardian')];
  const outDir = join(folder, 'out');
  await expect(build({ sources, outDir })).rejects.toMatchObject({
    findings: [
      { rule: 'no-globals', line: 3 },
      { rule: 'no-long-tasks', line: 4 },
    ],
  });
  await build({ sources, outDir, adapters: [join(folder, 'adapters/mine.mjs')] });
  const swapper = openSwapper(outDir);
  await swapper.load();
  // The consumer begins when its version is active.
  expect(await swapper.current.plugin('guardian').invoke('open')).toEqual([false, true]);
});

test('an edit of an adapter makes the plugins anew, and one that is none is refused by name', async () => {
  const folder = await consumerProject();
  const adapter = join(folder, 'adapters/mine.mjs');
  const sources = [join(folder, 'plugins/guardian')];
  const session = new BuildSession({ sources, outDir: join(folder, 'out'), adapters: [adapter] });
  try {
    expect((await session.build())[0]?.state).toBe('built');
    expect(session.inputs).toContain(join(folder, 'adapters/pauses.mjs'));
    await writeFiles(folder, { 'adapters/pauses.mjs': `export const PAUSES = 'end';` });
    expect((await session.rebuild([join(folder, 'adapters/pauses.mjs')]))[0]?.state).toBe('built');
    await writeFiles(folder, { 'adapters/mine.mjs': 'export default { pause: true };' });
    await expect(session.rebuild([adapter])).rejects.toMatchObject({
      code: 'OPTION_INVALID',
      message: expect.stringMatching(/mine\.mjs: its default export is not an adapter/) as string,
    });
    await writeFiles(folder, { 'adapters/mine.mjs': own.replace('>=2', '>=1') });
    expect((await session.rebuild([adapter]))[0]?.state).toBe('built');
  } finally {
    await session.close();
  }
});

test('the rules look again with an adapter that was edited', async () => {
  const folder = await consumerProject();
  await writeFiles(folder, { 'adapters/mine.mjs': own.replace('Consumer:', 'Producer:') });
  const adapter = join(folder, 'adapters/mine.mjs');
  const session = new BuildSession({
    sources: [join(folder, 'plugins/guardian')],
    outDir: join(folder, 'out'),
    adapters: [adapter],
  });
  try {
    const rules = findingsOf(await session.check()).map(({ rule }) => rule);
    expect(rules).toEqual(['no-globals', 'no-long-tasks']);
    await writeFiles(folder, { 'adapters/mine.mjs': own });
    expect(findingsOf(await session.check([adapter]))).toEqual([]);
  } finally {
    await session.close();
  }
});

const kafkajs = `export declare class Kafka { constructor(options: object); consumer(options: object): Consumer; producer(): Producer; }
export interface Consumer { run(options: object): Promise<void>; disconnect(): Promise<void>; }
export interface Producer { send(): Promise<void>; disconnect(): Promise<void>; }`;
const grammy = `export declare class Bot { constructor(token: string); start(): Promise<void>; command(name: string, run: () => unknown): void; }`;
const nodeCron = `export declare function schedule(pattern: string, run: (now: Date) => void): { stop(): void };`;

test.each<
  [what: string, name: string, version: string, types: string, code: string, findings: readonly string[]]
>([
  [
    'a consumer that a client gives',
    'kafkajs',
    '2.2.4',
    kafkajs,
    `import { Kafka } from 'kafkajs';
const kafka = new Kafka({});
const consumer = kafka.consumer({ groupId: 'armory' });
void consumer.run({});`,
    [],
  ],
  [
    'but no producer of it',
    'kafkajs',
    '2.2.4',
    kafkajs,
    `import { Kafka } from 'kafkajs';
const kafka = new Kafka({});
const producer = kafka.producer();
export const send = () => producer.send();`,
    ['no-globals 4'],
  ],
  [
    'polling that is not awaited, in a class of one’s own',
    'grammy',
    '1.30.0',
    grammy,
    `import { Bot } from 'grammy';
class Herald extends Bot {}
const bot = new Herald('token');
bot.start();`,
    [],
  ],
  [
    'polling of a version that no adapter knows',
    'grammy',
    '0.9.0',
    grammy,
    `import { Bot } from 'grammy';
const bot = new Bot('token');
bot.start();`,
    ['no-long-tasks 4'],
  ],
  [
    'async runs of a schedule',
    'node-cron',
    '4.0.0',
    nodeCron,
    `import { schedule } from 'node-cron';
const look = async (): Promise<void> => {};
schedule('* * * * *', async () => look());
schedule('* * * * *', look);`,
    [],
  ],
])('the rules know %s', async (_what, name, version, types, code, findings) => {
  const folder = await tempFolder();
  await writeFiles(folder, {
    'package.json': '{ "type": "module" }',
    [`node_modules/${name}/package.json`]: JSON.stringify({ name, version, types: 'index.d.ts' }),
    [`node_modules/${name}/index.js`]: '',
    [`node_modules/${name}/index.d.ts`]: types,
    'plugins/herald/index.ts': `import { definePlugin } from 'liveswap/plugin';\n${code}\nexport default definePlugin({});`,
  });
  const session = new BuildSession({
    sources: [join(folder, 'plugins/herald')],
    outDir: join(folder, 'out'),
  });
  const reports = await session.check();
  await session.close();
  expect(findingsOf(reports).map(({ rule, line }) => `${rule} ${line}`)).toEqual(findings);
});
