import { join } from 'node:path';
import { compareFigure, interleave, takeInTurn } from '../harness/interleave.js';
import type { Bench, Comparison, Measurement } from '../harness/measurement.js';
import type { BurstPeer } from '../peers/bursts/burst-peer.js';
import { openLiveswapBursts } from '../peers/bursts/liveswap.js';
import { openPostMessageBursts } from '../peers/bursts/post-message.js';
import { openLiveswap } from '../peers/calls/liveswap.js';
import { openPostMessage } from '../peers/calls/post-message.js';
import { buildPlugins } from '../workload/build-plugins.js';
import { date, nested, nothing, rows, smallObject, text } from '../workload/payloads.js';
import { herald, smith } from '../workload/plugins.js';
import { PROCESSOR_TIME, processorTimeOf } from '../workload/processor-time.js';

/** Calls of a burst, and the milliseconds for which each computes. */
const BURST = 256;
const TOIL_MS = 0.2;
/** Timers run for longer than a burst takes. */
const WATCH_MS = 150;

/** One burst; all in milliseconds. */
interface Burst {
  readonly firstAnswer: number;
  readonly allAnswers: number;
  /** The longest wait of a timer in the thread. */
  readonly timerWait: number;
}

export const sharing: Measurement = {
  name: 'sharing',
  about: 'what it costs to share messages: copies by what is passed, and who waits behind a burst of calls',
  async run(bench) {
    return { comparisons: [...(await compareCopies(bench)), ...(await compareBursts(bench))], verdicts: [] };
  },
};

/** Arguments of calls that share a message are copied at once, unless they are primitive; others go by themselves. */
async function compareCopies(bench: Bench): Promise<Comparison[]> {
  const folder = await buildPlugins(join(bench.folder, 'copies'), { herald });
  const peers = [await openLiveswap(folder, 1), await openPostMessage(1)];
  try {
    const comparisons: Comparison[] = [];
    for (const payload of [nothing, text, smallObject, nested, rows, date]) {
      const subjects = peers.map((peer) => {
        const call = payload.callsOf(peer);
        return { name: peer.name, sample: () => processorTimeOf(call) };
      });
      const title = `${PROCESSOR_TIME}, ${payload.name}`;
      comparisons.push(await interleave(bench, subjects, { title, unit: 'µs', better: 'lower', warmUps: 2 }));
    }
    return comparisons;
  } finally {
    await Promise.all(peers.map((peer) => peer.close()));
  }
}

async function compareBursts(bench: Bench): Promise<Comparison[]> {
  const folder = await buildPlugins(join(bench.folder, 'bursts'), { smith });
  const peers = [await openLiveswapBursts(folder), openPostMessageBursts()];
  try {
    const subjects = peers.map((peer) => ({ name: peer.name, sample: () => burstOf(peer) }));
    const title = `a burst of ${BURST} calls of ${TOIL_MS} ms`;
    const taken = await takeInTurn(bench, subjects, { title, rounds: 3 * bench.effort.rounds });
    const figure = (what: string, figureOf: (burst: Burst) => number): Comparison =>
      compareFigure(taken, { title: `${title}: ${what}`, unit: 'ms', better: 'lower' }, figureOf);
    return [
      figure('the first answer', ({ firstAnswer }) => firstAnswer),
      figure('all answers', ({ allAnswers }) => allAnswers),
      figure('the longest wait of a timer in the thread', ({ timerWait }) => timerWait),
    ];
  } finally {
    await Promise.all(peers.map((peer) => peer.close()));
  }
}

async function burstOf(peer: BurstPeer): Promise<Burst> {
  const watching = peer.watch(WATCH_MS);
  // The watch has begun once a later call is answered.
  await peer.toil(0);
  const began = performance.now();
  const calls = Array.from({ length: BURST }, () => peer.toil(TOIL_MS));
  await Promise.race(calls);
  const firstAnswer = performance.now() - began;
  await Promise.all(calls);
  const allAnswers = performance.now() - began;
  return { firstAnswer, allAnswers, timerWait: await watching };
}
