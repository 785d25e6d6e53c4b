import { Swapper, type SwapperOptions } from '../../lib/index.js';
import { tracing } from '../../lib/otel/index.js';
import { interleave } from '../harness/interleave.js';
import type { Measurement } from '../harness/measurement.js';
import { buildPlugins } from '../workload/build-plugins.js';
import { herald } from '../workload/plugins.js';
import { PROCESSOR_TIME, processorTimeOf } from '../workload/processor-time.js';

/** Options, by the data that a swapper then passes on with each call. */
const passedOn: Readonly<Record<string, SwapperOptions>> = {
  'nothing set': {},
  'a carrier': { carrier: () => ({ request: '4711' }) },
  'tracing, no SDK': { tracing: tracing() },
};

export const traces: Measurement = {
  name: 'traces',
  about: 'what a call costs with neither carrier nor tracing set, with a carrier, and with OpenTelemetry',
  async run(bench) {
    const folder = await buildPlugins(bench.folder, { herald });
    const swappers = Object.entries(passedOn).map(([name, options]) => ({
      name,
      swapper: new Swapper(folder, { standby: false, ...options }),
    }));
    try {
      for (const { swapper } of swappers) await swapper.load();
      const subjects = swappers.map(({ name, swapper }) => ({
        name,
        sample: () => processorTimeOf(() => swapper.call('live_salute')),
      }));
      const comparison = await interleave(bench, subjects, {
        title: PROCESSOR_TIME,
        unit: 'µs',
        better: 'lower',
        rounds: 5 * bench.effort.rounds,
        warmUps: 5,
      });
      return { comparisons: [comparison], verdicts: [] };
    } finally {
      await Promise.all(swappers.map(({ swapper }) => swapper.close()));
    }
  },
};
