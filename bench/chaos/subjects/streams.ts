import { integer, record } from 'fast-check';
import type { Answer } from '../edition.js';
import { step, type SubjectOf } from '../subject.js';
import { allFitting, fitting, mishaps } from '../world.js';

const few = integer({ min: 0, max: 6 });
const part = record({ length: few, take: few });

/** Iterators and streams that are read to their end, in part or not at all, bare and inside of values, both ways. */
export const streams: SubjectOf = (world) => {
  const { swapper, ledger } = world;
  const read = (
    name: string,
    { length, take }: { length: number; take: number },
    open: (result: unknown) => AsyncIterable<unknown>,
  ): Promise<void> => {
    const call = async (): Promise<unknown> => {
      const seen: unknown[] = [];
      if (take === 0) return seen;
      for await (const one of open(await swapper.call(name, length))) if (seen.push(one) >= take) break;
      return seen;
    };
    return ledger.follow(name, call, allFitting(world), mishaps);
  };
  return {
    module: `
const streamOf = (chunks) => {
  let left = chunks;
  return new ReadableStream({ pull(to) { if (left-- > 0) to.enqueue(me()); else to.close(); } }, { highWaterMark: 0 });
};
`,
    live: {
      live_patrol:
        'async function* (steps) { for (let step = 0; step < steps; step++) { await sleep(0); yield me(); } }',
      live_stream: '(chunks) => streamOf(chunks)',
      live_response:
        '(chunks) => { const body = streamOf(chunks); return transfer({ status: 200, body }, [body]); }',
      live_nested: '(chunks) => ({ parts: [{ body: streamOf(chunks) }] })',
      live_lateStream:
        'async () => { await sleep(4); return new ReadableStream({ pull(to) { to.enqueue(me()); } }); }',
      live_consume:
        'async ({ body }, take) => { let seen = 0; if (take > 0) for await (const one of body) if (++seen >= take) break; return { ...me(), seen }; }',
    },
    steps: {
      patrol: step(10, part, (data) =>
        read('live_patrol', data, (result) => result as AsyncIterable<unknown>),
      ),
      stream: step(10, part, (data) => read('live_stream', data, (result) => result as ReadableStream)),
      response: step(6, part, (data) =>
        read('live_response', data, (result) => (result as { body: ReadableStream }).body),
      ),
      nested: step(4, part, (data) =>
        read(
          'live_nested',
          data,
          (result) => (result as { parts: { body: ReadableStream }[] }).parts[0]!.body,
        ),
      ),
      consume: step(6, part, ({ length, take }) => {
        const fits = fitting(world);
        const body = ReadableStream.from(Array.from({ length }, (_, index) => index));
        const objection = (answer: unknown): string | undefined => {
          const { seen } = answer as { seen: number };
          const expected = Math.min(length, take);
          return seen === expected ? fits(answer) : `it read ${seen} chunks instead of ${expected}`;
        };
        return ledger.follow(
          'live_consume',
          () => swapper.call('live_consume', { body }, take),
          objection,
          mishaps,
        );
      }),
      lateStream: step(2, integer({ min: 0, max: 6 }), (timeoutMs) => {
        const call = async (): Promise<unknown> => {
          const stream = await swapper.with({ timeoutMs }).call('live_lateStream');
          const reader = (stream as ReadableStream<Answer>).getReader();
          const { value } = await reader.read();
          await reader.cancel();
          return value;
        };
        return ledger.follow('live_lateStream', call, fitting(world), [...mishaps, 'CALL_TIMEOUT']);
      }),
    },
  };
};
