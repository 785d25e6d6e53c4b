import { defineAdapter } from '../adapter.js';
import { heldSchedule } from '../held-schedule.js';
import { takesWork } from '../takes-work.js';

const job = takesWork<{ stop(): unknown }>({
  // Callers pass options and function in either order.
  construct: ([pattern, ...rest]) => [pattern, ...rest.map((one) => heldSchedule(pattern, one))],
  end: (made) => made.stop(),
  waits: {},
});

const setTask = takesWork({
  construct: ([run, ...rest]) => [heldSchedule(undefined, run), ...rest],
  waits: {},
});

export default defineAdapter('croner', {
  versions: '>=7 <12',
  exports: { Cron: job, default: job, 'Cron.prototype.schedule': setTask },
});
