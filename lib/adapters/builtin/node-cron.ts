import { defineAdapter } from '../adapter.js';
import { heldSchedule } from '../held-schedule.js';
import { takesWork } from '../takes-work.js';

const task = takesWork<{ stop(): unknown }>({
  construct: ([pattern, run, ...rest]) => [pattern, heldSchedule(pattern, run), ...rest],
  end: (made) => made.stop(),
  waits: {},
});

export default defineAdapter('node-cron', {
  versions: '>=3 <5',
  exports: { schedule: task, createTask: task },
});
