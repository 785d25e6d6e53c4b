import type { Measurement } from '../harness/measurement.js';
import { app } from './app.js';
import { bigArtifacts } from './big-artifacts.js';
import { build } from './build.js';
import { calls } from './calls.js';
import { check } from './check.js';
import { handover } from './handover.js';
import { hello } from './hello.js';
import { manyPlugins } from './many-plugins.js';
import { memory } from './memory.js';
import { pluginCalls } from './plugin-calls.js';
import { reload } from './reload.js';
import { save } from './save.js';
import { roundTrips, roundTripsOfOneProcess } from './round-trips.js';
import { start } from './start.js';
import { sharing } from './sharing.js';
import { traces } from './traces.js';
import { underLoad } from './under-load.js';
import { web } from './web.js';

/** Everything that `npm run bench` measures, in this order. */
export const measurements: readonly Measurement[] = [
  start,
  roundTrips,
  calls,
  pluginCalls,
  sharing,
  hello,
  app,
  web,
  reload,
  manyPlugins,
  bigArtifacts,
  handover,
  traces,
  underLoad,
  save,
  memory,
  build,
  check,
];

/** Measurements that run in processes of their own. */
export const parts: readonly Measurement[] = [roundTripsOfOneProcess];
