import { performance } from 'node:perf_hooks';
import { setImmediate as turnEnd } from 'node:timers/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import { MANY, Outbox } from '../../lib/link/outbox.js';
import { OutgoingCalls, type Reply } from '../../lib/link/outgoing-calls.js';
import type { Peer } from '../../lib/link/peer.js';
import { Op, Scope } from '../../lib/link/protocol.js';

/** Makes calls whose frames are recorded instead of sent. */
function recordedCalls() {
  const frames: unknown[][] = [];
  const outbox = new Outbox({ postMessage: (frame: unknown[]) => frames.push(frame) } as never);
  return { calls: new OutgoingCalls({} as Peer, outbox), outbox, frames };
}

/** Returns a reply that records its calls. */
function recordedReply(onRejected = () => {}): Reply & { readonly told: unknown[] } {
  const told: unknown[] = [];
  return {
    told,
    resolve: (value) => told.push(value),
    reject(error) {
      told.push(error);
      onRejected();
    },
  };
}

const send = (calls: OutgoingCalls, name: string, reply: Reply = recordedReply()): number =>
  calls.send(Scope.live, name, [], [], reply);

test('giving up rejects each pending call, and not the one that takes its place', () => {
  const { calls, frames } = recordedCalls();
  const successor = recordedReply();
  const first = recordedReply(() => send(calls, 'live_second', successor));
  send(calls, 'live_first', first);
  calls.giveUp(new Error('unreadable'));
  expect(first.told).toEqual([new Error('unreadable')]);
  expect(successor.told).toEqual([]);
  expect(calls.pending).toBe(1);
  expect(frames.map(([op, , , name]) => [op, name])).toEqual([
    [Op.call, 'live_first'],
    [Op.call, 'live_second'],
  ]);
});

test('a call made after the end is rejected at once, and nothing is sent', () => {
  const { calls, frames } = recordedCalls();
  const cause = new Error('gone');
  calls.close(cause);
  const reply = recordedReply();
  expect(send(calls, 'live_late', reply)).toBe(0);
  expect(reply.told).toEqual([cause]);
  expect(frames).toEqual([]);
});

test('a call that still waits in the outbox is aborted here; one that was sent is aborted there', async () => {
  // A frame waits for a millisecond at most, and on a busy machine this very turn may take that long.
  vi.spyOn(performance, 'now').mockReturnValue(0);
  onTestFinished(() => void vi.restoreAllMocks());
  const { calls, outbox, frames } = recordedCalls();
  const sent = recordedReply();
  const sentId = send(calls, 'live_sent', sent);
  for (let n = 1; n < MANY; n++) send(calls, 'live_filler');
  const waiting = recordedReply();
  const waitingId = send(calls, 'live_waiting', waiting);
  expect(outbox.isEmpty).toBe(false);
  calls.abort(waitingId, 'enough');
  expect(waiting.told).toEqual(['enough']);
  calls.abort(sentId, 'enough');
  await Promise.resolve();
  expect(sent.told).toEqual([]);
  expect(frames.map(([, , , name]) => name)).not.toContain('live_waiting');
  expect(frames.at(-1)).toEqual([Op.abort, [sentId], { thrown: 'enough' }]);
});

test('of what an event calls, the first goes at once and the others when the turn ends; what follows a promise goes at once', async () => {
  // A frame waits for a millisecond at most.
  vi.spyOn(performance, 'now').mockReturnValue(0);
  onTestFinished(() => void vi.restoreAllMocks());
  const { calls, frames } = recordedCalls();
  const operations = (): unknown[] => frames.map(([op]) => op);
  const atOnce = await new Promise((resolve) => {
    setTimeout(() => {
      for (const name of ['live_first', 'live_second', 'live_third']) send(calls, name);
      resolve(operations());
    }, 0);
  });
  expect(atOnce).toEqual([Op.call]);
  await turnEnd();
  expect(operations()).toEqual([Op.call, Op.batch]);
  for (const name of ['live_fourth', 'live_fifth']) send(calls, name);
  expect(operations()).toEqual([Op.call, Op.batch, Op.call, Op.call]);
});

test('the first call of an event waits as well, if several shared a message less than a millisecond before', async () => {
  const clock = vi.spyOn(performance, 'now').mockReturnValue(0);
  onTestFinished(() => void vi.restoreAllMocks());
  const { calls, frames } = recordedCalls();
  /** Resolves to the number of messages that were sent while an event made calls, and when its turn was over. */
  const inEvent = async (names: readonly string[]): Promise<number[]> => {
    frames.length = 0;
    const ids: number[] = [];
    const atOnce = await new Promise<number>((resolve) => {
      setTimeout(() => {
        for (const name of names) ids.push(send(calls, name));
        resolve(frames.length);
      }, 0);
    });
    await turnEnd();
    for (const id of ids) calls.take(id);
    return [atOnce, frames.length];
  };
  const several = ['live_first', 'live_second', 'live_third'];
  expect(await inEvent(several)).toEqual([1, 2]);
  clock.mockReturnValue(0.9);
  expect(await inEvent(['live_soon'])).toEqual([0, 1]);
  expect(await inEvent(['live_after_one'])).toEqual([1, 1]);
  expect(await inEvent(several)).toEqual([1, 2]);
  clock.mockReturnValue(2);
  expect(await inEvent(['live_later'])).toEqual([1, 1]);
});
