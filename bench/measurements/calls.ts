import { setTimeout } from 'node:timers/promises';
import { interleave } from '../harness/interleave.js';
import type { Bench, Comparison, Effort, Findings, Measurement, Verdict } from '../harness/measurement.js';
import { judgeRatio } from '../harness/target.js';
import type { CallPeer } from '../peers/calls/call-peer.js';
import { openComlink } from '../peers/calls/comlink.js';
import { openInProcess } from '../peers/calls/in-process.js';
import { openLiveswap } from '../peers/calls/liveswap.js';
import { openPiscina } from '../peers/calls/piscina.js';
import { openPostMessage } from '../peers/calls/post-message.js';
import { openTinypool } from '../peers/calls/tinypool.js';
import { openWorkerpool } from '../peers/calls/workerpool.js';
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
  ...[nothing, smallObject, largeObject, movedBuffer].map((payload) => ({ payload, inFlight: 1 })),
  ...[nothing, smallObject, largeObject, movedBuffer].map((payload) => ({ payload, inFlight: 16 })),
  ...[nothing, smallObject, largeObject].map((payload) => ({ payload, inFlight: 256 })),
];
const ofTwoThreads: readonly Case[] = [16, 256].map((inFlight) => ({ payload: smallObject, inFlight }));

export const calls: Measurement = {
  name: 'calls',
  about: 'calls from the host to a thread, one by one and pipelined, with payloads of all sizes',
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
  const peers = await Promise.all([
    openLiveswap(folder, threads),
    openPostMessage(threads),
    openComlink(threads),
    openPiscina(threads),
    openTinypool(threads),
    openWorkerpool(threads),
    openInProcess(),
  ]);
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
  const title = titleOf(payload, inFlight, threads);
  if (inFlight > 1) {
    const subjects = peers.map((peer) => {
      const call = payload.callsOf(peer);
      return { name: peer.name, sample: () => driveCalls(call, inFlight, bench.effort.sampleMs) };
    });
    return interleave(bench, subjects, { title, unit: 'calls/s', better: 'higher' });
  }
  const { rounds, sampleMs } = inShortTurns(bench.effort);
  const subjects = peers.map((peer) => {
    const call = payload.callsOf(peer);
    return {
      name: peer.name,
      sample: async () => {
        await setTimeout(REST_MS);
        return 1e6 / (await driveCalls(call, 1, sampleMs));
      },
    };
  });
  return interleave(bench, subjects, { title, unit: 'us a call', better: 'lower', rounds, warmUps: SHORTER });
}

/**
 * Two threads that take turns are moved between the cores by the kernel, and a call costs four times as much on two cores as on
 * one, whoever makes it. So each gets many short turns after a rest, instead of a few long ones that are this or that by luck.
 */
function inShortTurns({ rounds, sampleMs }: Effort): Effort {
  return { rounds: rounds * SHORTER, sampleMs: sampleMs / SHORTER };
}

const SHORTER = 8;
const REST_MS = 20;

function titleOf(payload: Payload, inFlight: number, threads: number): string {
  const how = inFlight === 1 ? 'sequential' : `${inFlight} in flight`;
  return `${threads === 1 ? 'one thread' : `${threads} threads`}, ${how}, ${payload.name}`;
}

function judge(comparisons: readonly Comparison[]): Verdict[] {
  const find = (payload: Payload, inFlight: number): Comparison =>
    comparisons.find(({ title }) => title === titleOf(payload, inFlight, 1)) as Comparison;
  const pipelined = find(smallObject, 256);
  return [
    judgeRatio(pipelined, 'liveswap', 'Comlink', { atLeast: 2 }),
    judgeRatio(pipelined, 'liveswap', 'Piscina', { atLeast: 1.5 }),
    judgeRatio(pipelined, 'liveswap', 'postMessage', { atLeast: 0.75 }),
    judgeRatio(find(smallObject, 1), 'liveswap', 'postMessage', { atMost: 1.15 }),
  ];
}
