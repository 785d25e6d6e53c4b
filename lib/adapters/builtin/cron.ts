import { defineAdapter } from '../adapter.js';
import { heldSchedule } from '../held-schedule.js';
import { takesWork } from '../takes-work.js';

interface CronJobOptions {
  readonly cronTime?: unknown;
  readonly onTick?: unknown;
  readonly runOnInit?: unknown;
}

/** Place of `runOnInit` after `onTick`. Without it, a job runs as it is created only when a second has just begun. */
const RUN_ON_INIT = 4;

const end = (job: { stop(): unknown }): unknown => job.stop();

const job = takesWork<{ stop(): unknown }>({
  construct: ([cronTime, onTick, ...rest]) => [
    cronTime,
    heldSchedule(cronTime, onTick, Boolean(rest[RUN_ON_INIT])),
    ...rest,
  ],
  end,
  waits: {},
});

const jobFrom = takesWork<{ stop(): unknown }>({
  construct: ([options]) => {
    const { cronTime, onTick, runOnInit } = options as CronJobOptions;
    return [{ ...(options as CronJobOptions), onTick: heldSchedule(cronTime, onTick, Boolean(runOnInit)) }];
  },
  end,
  waits: {},
});

const addCallback = takesWork({
  construct: ([onTick]) => [heldSchedule(undefined, onTick)],
  waits: {},
});

export default defineAdapter('cron', {
  versions: '>=3 <5',
  exports: { CronJob: job, 'CronJob.from': jobFrom, 'CronJob.prototype.addCallback': addCallback },
});
