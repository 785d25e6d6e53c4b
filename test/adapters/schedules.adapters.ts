import { expect, test } from 'vitest';
import { touch } from '../helpers/adapted-app.js';
import { deferred } from '../helpers/deferred.js';
import { appWithPackages } from './linked-packages.js';

const EDITS = 4;

const everySecond: Readonly<Record<string, { readonly import: string; readonly use: string }>> = {
  'node-cron': { import: `import cron from 'node-cron'`, use: `cron.schedule('* * * * * *', run)` },
  'node-cron by name': {
    import: `import { schedule } from 'node-cron'`,
    use: `schedule('* * * * * *', run)`,
  },
  croner: { import: `import { Cron } from 'croner'`, use: `new Cron('* * * * * *', run)` },
  'croner whose function comes later': {
    import: `import { Cron } from 'croner'`,
    use: `new Cron('* * * * * *').schedule(run)`,
  },
  cron: { import: `import { CronJob } from 'cron'`, use: `new CronJob('* * * * * *', run, null, true)` },
  'cron from options': {
    import: `import { CronJob } from 'cron'`,
    use: `CronJob.from({ cronTime: '* * * * * *', onTick: run, start: true })`,
  },
  'node-schedule': {
    import: `import schedule from 'node-schedule'`,
    use: `schedule.scheduleJob('* * * * * *', run)`,
  },
};

test.each(Object.entries(everySecond))(
  '%s: through reloads at any moment each second is run for, once',
  async (_name, use) => {
    const text = `${use.import};
import { tell } from './tell.mjs';
const run = () => tell(Math.floor((Date.now() + 50) / 1000));
${use.use};`;
    const { folder, told, serve } = await appWithPackages({ 'server.mjs': text });
    const app = await serve('server.mjs');
    const seconds = told as number[];
    await expect.poll(() => seconds.length).toBeGreaterThan(0);
    for (let edition = 2; edition <= EDITS; edition++) {
      await touch(folder, 'server.mjs', text, edition);
      expect(await app.reload()).toEqual({ gate: 'ok' });
    }
    const atLeast = seconds.length + 2;
    await expect.poll(() => seconds.length).toBeGreaterThanOrEqual(atLeast);
    const first = seconds[0] as number;
    expect(seconds).toEqual(seconds.map((_one, index) => first + index));
  },
);

test('a required package is adapted as well, and a run of a task keeps its version alive', async () => {
  const text = `const { CronJob } = require('cron');
const { tell } = require('./tell.cjs');
const { context } = require('liveswap/plugin');
let runs = 0;
CronJob.from({ cronTime: '* * * * * *', runOnInit: true, start: true, onTick: async () => {
  if (runs++ > 0) return;
  tell('begun', context.active);
  await new Promise((resolve) => context.signal.addEventListener('abort', resolve, { once: true }));
  await context.vault.extension.lastWork();
  tell('ended');
} });`;
  const { folder, told, tell, serve } = await appWithPackages({ 'server.cjs': text });
  const lastWork = deferred();
  const app = await serve('server.cjs', {
    swapper: { extension: () => ({ tell, lastWork: () => lastWork.promise }) },
  });
  const begun = ['begun', true];
  await expect.poll(() => told).toEqual([begun]);
  await touch(folder, 'server.cjs', text, 2);
  await app.reload();
  await expect.poll(() => told).toEqual([begun, begun]);
  lastWork.resolve();
  await expect.poll(() => told).toEqual([begun, begun, 'ended']);
});
