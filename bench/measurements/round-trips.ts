import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { interleave, joinComparisons } from '../harness/interleave.js';
import type { Comparison, Measurement } from '../harness/measurement.js';
import { runApart } from '../harness/run-apart.js';
import { judgeRatio } from '../harness/target.js';
import { openCallPeers } from '../peers/calls/open-call-peers.js';
import { buildPlugins } from '../workload/build-plugins.js';
import { driveCalls } from '../workload/drive.js';
import { largeObject, movedBuffer, nothing, smallObject, type Payload } from '../workload/payloads.js';
import { herald } from '../workload/plugins.js';

/** Number of turns in each process. A turn begins after a rest. */
const TURNS = 8;
const TURN_MS = 40;
const REST_MS = 20;
/** Milliseconds of calls before the first turn: a server runs for days, and V8 has compiled its calls by then. */
const WARM_UP_MS = 600;
const WARM_UP_IN_FLIGHT = 16;

/**
 * Measures one call at a time. The kernel lets two threads that take turns run on one core or on two, and moves them as it likes;
 * on two cores, a call takes up to four times as long, whoever makes it. So a sample is the best of several short turns, and each
 * sample is taken in a process of its own. This compares the cost of the calls, not the luck of the wake-up.
 */
export const roundTrips: Measurement = {
  name: 'round-trips',
  about: 'calls from the host to a thread, one after the other, with payloads of all sizes',
  async run(bench) {
    const { effort } = bench;
    const entry = fileURLToPath(new URL('../apart.js', import.meta.url));
    const comparisons: (readonly Comparison[])[] = [];
    for (let process = 1; process <= effort.rounds; process++) {
      const task = { name: roundTripsOfOneProcess.name, effort };
      const tell = (text: string): void => bench.progress(`process ${process} of ${effort.rounds}: ${text}`);
      comparisons.push((await runApart(entry, task, tell)).comparisons);
    }
    const joined = joinComparisons(comparisons);
    const small = joined.find(({ title }) => title === titleOf(smallObject)) as Comparison;
    return {
      comparisons: joined,
      verdicts: [judgeRatio(small, 'liveswap', 'postMessage', { atMost: 1.05 })],
    };
  },
};

/** The part of {@link roundTrips} that runs in a process of its own. */
export const roundTripsOfOneProcess: Measurement = {
  name: 'round-trips-of-one-process',
  about: 'a part of round-trips',
  async run(bench) {
    const folder = await buildPlugins(bench.folder, { herald });
    const peers = await openCallPeers(folder, 1);
    for (const peer of peers) {
      bench.progress(`warming up: ${peer.name}`);
      await driveCalls(smallObject.callsOf(peer), WARM_UP_IN_FLIGHT, WARM_UP_MS);
    }
    const comparisons: Comparison[] = [];
    for (const payload of [nothing, smallObject, largeObject, movedBuffer]) {
      const subjects = peers.map((peer) => {
        const call = payload.callsOf(peer);
        return {
          name: peer.name,
          sample: async () => {
            await setTimeout(REST_MS);
            return 1e6 / (await driveCalls(call, 1, TURN_MS));
          },
        };
      });
      const title = titleOf(payload);
      const options = { title, unit: 'us a call', better: 'lower', rounds: TURNS, warmUps: 2 } as const;
      comparisons.push(bestOf(await interleave(bench, subjects, options)));
    }
    await Promise.all(peers.map((peer) => peer.close()));
    return { comparisons, verdicts: [] };
  },
};

/** Returns the comparison with one sample for each subject: its best. */
function bestOf(comparison: Comparison): Comparison {
  const results = comparison.results.map(({ name, samples }) => ({ name, samples: [Math.min(...samples)] }));
  return { ...comparison, results };
}

function titleOf(payload: Payload): string {
  return `one thread, sequential, best of ${TURNS} turns, ${payload.name}`;
}
