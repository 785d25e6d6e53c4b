import { defineAdapter } from '../adapter.js';
import { heldSchedule } from '../held-schedule.js';
import { takesWork } from '../takes-work.js';

const job = takesWork<{ cancel(): unknown }>({
  // A name may come first, and a call-back last.
  construct: (args) => {
    const at = args.findIndex((one) => typeof one === 'function');
    return args.map((one, index) => (index === at ? heldSchedule(args[at - 1], one) : one));
  },
  end: (made) => made.cancel(),
  waits: {},
});

export default defineAdapter('node-schedule', {
  versions: '^2.0.0',
  exports: { scheduleJob: job, Job: job },
});
