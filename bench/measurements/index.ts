import type { Measurement } from '../harness/measurement.js';
import { calls } from './calls.js';
import { check } from './check.js';
import { hello } from './hello.js';
import { memory } from './memory.js';
import { pluginCalls } from './plugin-calls.js';
import { reload } from './reload.js';
import { save } from './save.js';
import { underLoad } from './under-load.js';

/** Everything that `npm run bench` measures, in this order. */
export const measurements: readonly Measurement[] = [
  calls,
  pluginCalls,
  hello,
  reload,
  underLoad,
  save,
  memory,
  check,
];
