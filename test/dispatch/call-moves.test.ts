import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { LiveswapError } from '../../lib/core/errors.js';
import { Balancer } from '../../lib/dispatch/balancer.js';
import { Call, callMoves, type CallState } from '../../lib/dispatch/call.js';
import type { Connection } from '../../lib/dispatch/connection.js';
import { RecordingTransport } from '../helpers/recording-transport.js';

type Kind = CallState['kind'];

/** Returns the kinds that a call may have reached by any number of legal moves. */
function reachableFrom(kind: Kind, reached = new Set<Kind>([kind])): Set<Kind> {
  for (const next of callMoves[kind]) {
    if (reached.has(next)) continue;
    reached.add(next);
    reachableFrom(next, reached);
  }
  return reached;
}

/** Two versions of a plugin and their calls, each step of which is checked against the table. */
class Garrison {
  readonly #calls: { readonly call: Call; readonly caller: AbortController; kind: Kind }[] = [];
  readonly #versions = [0, 1].map(
    () =>
      new Balancer({ plugin: 'guardian', concurrency: 1, maxQueued: 3, copyArguments: (args) => [...args] }),
  );
  readonly #posts: { balancer: Balancer; connection: Connection; transport: RecordingTransport }[];

  constructor() {
    this.#posts = this.#versions.map((balancer, index) => {
      const transport = new RecordingTransport();
      return { balancer, transport, connection: balancer.add(index, transport) };
    });
  }

  call(retries: number, nested: boolean): void {
    const caller = new AbortController();
    const options = { signal: caller.signal };
    const call = new Call({ scope: 0, name: 'live_guard', args: [1], nested, options }, retries);
    call.promise.catch(() => {});
    this.#calls.push({ call, caller, kind: 'made' });
    this.#versions[0]!.dispatch(call);
  }

  giveUp(which: number): void {
    this.#calls[which % this.#calls.length]?.caller.abort();
  }

  answer(which: number): void {
    this.#posts[which % this.#posts.length]!.transport.answer('done');
  }

  /** Ends a thread, and puts another one in its place. */
  crash(which: number): void {
    const post = this.#posts[which % this.#posts.length]!;
    post.balancer.remove(post.connection, true);
    post.transport.die(new LiveswapError('THREAD_CRASHED', 'Thread 0 of guardian@00000000 died.'));
    post.transport = new RecordingTransport();
    post.connection = post.balancer.add(which % this.#posts.length, post.transport);
  }

  swap(): void {
    this.#versions[0]!.handOver((call) => this.#versions[1]!.dispatch(call));
  }

  refuse(): void {
    this.#versions[1]!.refuse(new LiveswapError('RETIRED', 'guardian@00000000 has retired.'));
    this.#versions[1]!.readmit();
  }

  checkMoves(): void {
    for (const one of this.#calls) {
      const { kind } = one.call.state;
      expect([...reachableFrom(one.kind)], `from ${one.kind}`).toContain(kind);
      one.kind = kind;
    }
  }
}

const step = fc.oneof(
  fc.tuple(fc.nat(2), fc.boolean()).map(
    ([retries, nested]) =>
      (all: Garrison) =>
        all.call(retries, nested),
  ),
  fc.nat().map((which) => (all: Garrison) => all.giveUp(which)),
  fc.nat().map((which) => (all: Garrison) => all.answer(which)),
  fc.nat().map((which) => (all: Garrison) => all.crash(which)),
  fc.constant((all: Garrison) => all.swap()),
  fc.constant((all: Garrison) => all.refuse()),
);

test('a call moves only along its table, whatever happens to it', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const garrison = new Garrison();
      for (const run of steps) {
        run(garrison);
        garrison.checkMoves();
      }
    }),
  );
});

test('a caller that gives up while its arguments are copied has its call neither queued nor sent', async () => {
  const balancer = new Balancer({
    plugin: 'guardian',
    concurrency: 1,
    maxQueued: 3,
    copyArguments: (args) => args.map((one) => ({ ...(one as object) })),
  });
  const transport = new RecordingTransport();
  balancer.add(0, transport);
  const caller = new AbortController();
  const order = {
    get count() {
      caller.abort();
      return 1;
    },
  };
  const options = { signal: caller.signal };
  const call = new Call({ scope: 0, name: 'live_guard', args: [order], options }, 1);
  balancer.dispatch(call);
  await expect(call.promise).rejects.toMatchObject({ code: 'CALL_ABORTED' });
  expect([balancer.pending, balancer.queued, transport.names]).toEqual([0, 0, []]);
});
