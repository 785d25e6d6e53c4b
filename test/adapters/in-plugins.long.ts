import { join } from 'node:path';
import { expect, test } from 'vitest';
import { build, BuildSession, findingsOf } from '../../lib/compiler/index.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { runCommand } from '../helpers/run-command.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { writeFiles } from '../helpers/write-plugins.js';

/** The part of `cron` that matters here: its clock is turned by hand. */
const cron = `class CronJob {
  constructor(cronTime, onTick) { this.onTick = onTick; }
  static from({ cronTime, onTick }) { return new CronJob(cronTime, onTick); }
  addCallback(onTick) { this.onTick = onTick; }
  stop() { globalThis.stopped = true; }
}
exports.CronJob = CronJob;`;

const withCron = {
  'package.json': '{ "type": "module" }',
  'node_modules/cron/package.json': '{ "name": "cron", "version": "4.4.0" }',
  'node_modules/cron/index.js': cron,
};

const root = `import { definePlugin } from 'liveswap/plugin';
import { CronJob } from 'cron';
import { later } from 'armory-kit';
class Patrol extends CronJob {}
let runs = 0;
const job = new Patrol('* * * * * *', () => runs++);
const other = later(() => runs++);
export default definePlugin({
  onLoad: () => { job.onTick(); other.onTick(); },
  functions: {
    tick: () => { job.onTick(); other.onTick(); return { runs, isJob: job instanceof CronJob }; },
  },
});`;

test('the bundle of a plugin has adapted packages, whoever in it imports them', async () => {
  const folder = await tempFolder();
  const plugin = join(folder, 'plugins/guardian');
  await writeFiles(folder, {
    ...withCron,
    'node_modules/armory-kit/package.json': '{ "name": "armory-kit", "version": "1.0.0" }',
    'node_modules/armory-kit/index.js': `const { CronJob } = require('cron');
exports.later = (onTick) => CronJob.from({ cronTime: '* * * * * *', onTick });`,
    'plugins/guardian/index.ts': root,
  });
  await build({ sources: [plugin], outDir: join(folder, 'out'), typecheck: false, rules: false });
  const swapper = openSwapper(join(folder, 'out'));
  await swapper.load();
  // A job that is due before the version is active does not run.
  expect(await swapper.current.plugin('guardian').invoke('tick')).toEqual({ runs: 2, isJob: true });
});

test('a package that stays outside is adapted, also by a command that runs where it is installed', async () => {
  const folder = await tempFolder();
  await writeFiles(folder, {
    ...withCron,
    'node_modules/cron/index.js': `${cron}\nexports.exact = () => require('./exact.node');`,
    'node_modules/cron/exact.node': 'no addon at all',
    'plugins/guardian/index.ts': `import { CronJob } from 'cron';
import { definePlugin } from 'liveswap/plugin';
// liveswap-ignore no-globals: the test counts
let runs = 0;
const job = new CronJob('* * * * * *', () => runs++);
export default definePlugin({
  onLoad: () => job.onTick(),
  functions: { tick: () => { job.onTick(); return { runs, isJob: job instanceof CronJob }; } },
});`,
  });
  const args = ['build', 'plugins', 'out', '--no-typecheck'];
  const built = await runCommand(folder, ...args);
  expect(built.stdout + built.stderr).toContain('needs cron in a node_modules folder');
  expect(built.code).toBe(0);
  const swapper = openSwapper(join(folder, 'out'));
  await swapper.load();
  expect(await swapper.current.plugin('guardian').invoke('tick')).toEqual({ runs: 1, isJob: true });
});

test('a package is left as it is where its built-in adapter is not wanted', async () => {
  const folder = await tempFolder();
  const plugin = join(folder, 'plugins/guardian');
  await writeFiles(folder, {
    ...withCron,
    'plugins/guardian/index.ts': root
      .replace(`import { later } from 'armory-kit';`, '')
      .replace('later(() => runs++)', 'job'),
  });
  const options = { sources: [plugin], outDir: join(folder, 'out'), typecheck: false, rules: false };
  await build({ ...options, noAdapters: ['cron'] });
  const swapper = openSwapper(join(folder, 'out'));
  await swapper.load();
  expect(await swapper.current.plugin('guardian').invoke('tick')).toEqual({ runs: 4, isJob: true });
});

test('the rules take what an adapter handles for handled, and refuse what none knows', async () => {
  const bullmq = `import { EventEmitter } from 'node:events';
export declare class Worker extends EventEmitter {
  constructor(queue: string, processor: (job: unknown) => Promise<void>);
  close(): Promise<void>;
}`;
  const findingsWith = async (version: string): Promise<string[]> => {
    const folder = await tempFolder();
    await writeFiles(folder, {
      'package.json': '{ "type": "module" }',
      'node_modules/bullmq/package.json': JSON.stringify({ name: 'bullmq', version, types: 'index.d.ts' }),
      'node_modules/bullmq/index.js': 'exports.Worker = class Worker {};',
      'node_modules/bullmq/index.d.ts': bullmq,
      'plugins/herald/index.ts': `import { definePlugin } from 'liveswap/plugin';
import { Worker } from 'bullmq';
const worker = new Worker('letters', async () => {});
worker.on('failed', (fact) => console.log(fact));
export default definePlugin({});`,
    });
    const session = new BuildSession({
      sources: [join(folder, 'plugins/herald')],
      outDir: join(folder, 'out'),
    });
    const reports = await session.check();
    await session.close();
    return findingsOf(reports).map(({ rule, line }) => `${rule} ${line}`);
  };
  expect(await findingsWith('5.1.0')).toEqual([]);
  expect(await findingsWith('3.1.0')).toEqual(['no-globals 3']);
});
