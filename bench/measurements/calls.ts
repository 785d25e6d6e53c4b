import { interleave } from '../harness/interleave.js';
import type { Bench, Comparison, Findings, Measurement, Verdict } from '../harness/measurement.js';
import { judgeRatio } from '../harness/target.js';
import type { CallPeer } from '../peers/calls/call-peer.js';
import { openCallPeers } from '../peers/calls/open-call-peers.js';
import { buildPlugins } from '../workload/build-plugins.js';
import { driveCalls } from '../workload/drive.js';
import { largeObject, movedBuffer, nothing, smallObject, text, type Payload } from '../workload/payloads.js';
import { herald } from '../workload/plugins.js';

/** One table: the data that crosses, and the number of calls in flight together. */
interface Case {
  readonly payload: Payload;
  readonly inFlight: number;
}

const ofOneThread: readonly Case[] = [
  ...[nothing, smallObject, largeObject, movedBuffer].map((payload) => ({ payload, inFlight: 16 })),
  ...[nothing, text, smallObject, largeObject].map((payload) => ({ payload, inFlight: 256 })),
];
const ofTwoThreads: readonly Case[] = [16, 256].map((inFlight) => ({ payload: smallObject, inFlight }));

const JUDGED_TEXT = titleOf(text, 256, 1);
const JUDGED_OBJECT = titleOf(smallObject, 256, 1);

export const calls: Measurement = {
  name: 'calls',
  about: 'calls from the host to a thread, many in flight, with payloads of all sizes',
  async run(bench): Promise<Findings> {
    const folder = await buildPlugins(bench.folder, { herald });
    const comparisons = [
      ...(await compareWith(bench, folder, 1, ofOneThread)),
      ...(await compareWith(bench, folder, 2, ofTwoThreads)),
    ];
    return { comparisons, verdicts: judge(comparisons) };
  },
};

async function compareWith(
  bench: Bench,
  folder: string,
  threads: number,
  cases: readonly Case[],
): Promise<Comparison[]> {
  const peers = await openCallPeers(folder, threads);
  try {
    const comparisons: Comparison[] = [];
    for (const one of cases) comparisons.push(await compare(bench, peers, threads, one));
    return comparisons;
  } finally {
    await Promise.all(peers.map((peer) => peer.close()));
  }
}

function compare(
  bench: Bench,
  peers: readonly CallPeer[],
  threads: number,
  { payload, inFlight }: Case,
): Promise<Comparison> {
  const subjects = peers.map((peer) => {
    const call = payload.callsOf(peer);
    return { name: peer.name, sample: () => driveCalls(call, inFlight, bench.effort.sampleMs) };
  });
  const title = titleOf(payload, inFlight, threads);
  // The kernel's choice of cores makes a factor of two: a judged subject is sampled often enough to see many such choices.
  const rounds = bench.effort.rounds * (title === JUDGED_TEXT || title === JUDGED_OBJECT ? 5 : 1);
  return interleave(bench, subjects, { title, unit: 'calls/s', better: 'higher', rounds, warmUps: 2 });
}

function titleOf(payload: Payload, inFlight: number, threads: number): string {
  return `${threads === 1 ? 'one thread' : `${threads} threads`}, ${inFlight} in flight, ${payload.name}`;
}

function judge(comparisons: readonly Comparison[]): Verdict[] {
  const named = (wanted: string): Comparison =>
    comparisons.find(({ title }) => title === wanted) as Comparison;
  const texts = named(JUDGED_TEXT);
  const objects = named(JUDGED_OBJECT);
  return [
    judgeRatio(texts, 'liveswap', 'postMessage', { atLeast: 1.5 }),
    judgeRatio(texts, 'liveswap', 'Comlink', { atLeast: 4 }),
    judgeRatio(objects, 'liveswap', 'postMessage', { atLeast: 1.1 }),
    judgeRatio(objects, 'liveswap', 'Comlink', { atLeast: 2.5 }),
    judgeRatio(objects, 'liveswap', 'Piscina', { atLeast: 2 }),
  ];
}
