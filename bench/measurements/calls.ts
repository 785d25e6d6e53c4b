import { interleave } from '../harness/interleave.js';
import type { Bench, Comparison, Findings, Measurement, Verdict } from '../harness/measurement.js';
import { judgeRatio } from '../harness/target.js';
import type { CallPeer } from '../peers/calls/call-peer.js';
import { openCallPeers } from '../peers/calls/open-call-peers.js';
import { buildPlugins } from '../workload/build-plugins.js';
import { driveCalls } from '../workload/drive.js';
import { largeObject, movedBuffer, nothing, smallObject, type Payload } from '../workload/payloads.js';
import { herald } from '../workload/plugins.js';

/** One table: what crosses, and how many calls are in flight together. */
interface Case {
  readonly payload: Payload;
  readonly inFlight: number;
}

const ofOneThread: readonly Case[] = [
  ...[nothing, smallObject, largeObject, movedBuffer].map((payload) => ({ payload, inFlight: 16 })),
  ...[nothing, smallObject, largeObject].map((payload) => ({ payload, inFlight: 256 })),
];
const ofTwoThreads: readonly Case[] = [16, 256].map((inFlight) => ({ payload: smallObject, inFlight }));

const JUDGED = titleOf(smallObject, 256, 1);

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
  const rounds = bench.effort.rounds * (title === JUDGED ? 5 : 1);
  return interleave(bench, subjects, { title, unit: 'calls/s', better: 'higher', rounds, warmUps: 2 });
}

function titleOf(payload: Payload, inFlight: number, threads: number): string {
  return `${threads === 1 ? 'one thread' : `${threads} threads`}, ${inFlight} in flight, ${payload.name}`;
}

function judge(comparisons: readonly Comparison[]): Verdict[] {
  const pipelined = comparisons.find(({ title }) => title === JUDGED) as Comparison;
  return [
    judgeRatio(pipelined, 'liveswap', 'Comlink', { atLeast: 2 }),
    judgeRatio(pipelined, 'liveswap', 'Piscina', { atLeast: 1.5 }),
    judgeRatio(pipelined, 'liveswap', 'postMessage', { atLeast: 0.75 }),
  ];
}
