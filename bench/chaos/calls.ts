import { setImmediate } from 'node:timers/promises';
import type { ErrorCode, Swapper } from '../../lib/index.js';
import type { History } from './history.js';
import type { Ledger } from './ledger.js';
import type { Answer } from './plugins.js';
import type { Step } from './steps.js';

/** What any call may be refused with, because threads die and versions are given up in every run. */
export const mishaps: readonly ErrorCode[] = ['THREAD_CRASHED', 'VERSION_FAILED', 'QUEUE_FULL'];

/** What calls are made with. */
export interface CallTools {
  readonly swapper: Swapper;
  readonly history: History;
  readonly ledger: Ledger;
  /** Lives as long as the run, and is given to many calls. */
  readonly longLived: AbortSignal;
}

/** Makes the calls of one step; `undefined` when the step makes none. Resolves when they have settled. */
export function callsOf(
  step: Step,
  { swapper, history, ledger, longLived }: CallTools,
): Promise<unknown> | undefined {
  const made = history.now();
  const fits = (answer: unknown): string | undefined => history.objection(answer as Answer, made);
  const ask = (name: string, ...args: unknown[]): Promise<void> =>
    ledger.follow(name, () => swapper.call(name, ...args), fits, mishaps);
  switch (step.kind) {
    case 'answer':
      return ask('live_answer');
    case 'arm':
      return ask('live_arm');
    case 'relay':
      return ask('live_relay');
    case 'burst':
      return Promise.all(Array.from({ length: step.calls }, () => ask('live_answer')));
    case 'sleep':
      return ledger.follow(
        'live_sleep',
        () => swapper.with({ signal: longLived }).call('live_sleep', step.ms),
        fits,
        mishaps,
      );
    case 'deadline':
    case 'deaf': {
      const name = step.kind === 'deaf' ? 'live_deaf' : 'live_sleep';
      const call = (): Promise<unknown> => swapper.with({ timeoutMs: step.timeoutMs }).call(name, step.ms);
      return ledger.follow(name, call, fits, [...mishaps, 'CALL_TIMEOUT']);
    }
    case 'abort': {
      const controller = new AbortController();
      void turns(step.turns).then(() => controller.abort(new Error('retreat')));
      const { signal } = controller;
      const call = (): Promise<unknown> => swapper.with({ signal }).call('live_sleep', step.ms, signal);
      return ledger.follow('live_sleep', call, fits, [...mishaps, 'CALL_ABORTED']);
    }
    case 'patrol':
    case 'stream': {
      const [name, length] =
        step.kind === 'patrol' ? ['live_patrol', step.steps] : ['live_stream', step.chunks];
      const call = async (): Promise<unknown> => {
        const seen: unknown[] = [];
        if (step.take === 0) return seen;
        for await (const one of (await swapper.call(name, length)) as AsyncIterable<unknown>)
          if (seen.push(one) >= step.take) break;
        return seen;
      };
      const all = (answer: unknown): string | undefined => (answer as unknown[]).map(fits).find(Boolean);
      return ledger.follow(name, call, all, mishaps);
    }
    case 'lateStream': {
      const call = async (): Promise<unknown> => {
        const stream = await swapper.with({ timeoutMs: step.timeoutMs }).call('live_lateStream');
        const reader = (stream as ReadableStream<Answer>).getReader();
        const { value } = await reader.read();
        await reader.cancel();
        return value;
      };
      return ledger.follow('live_lateStream', call, fits, [...mishaps, 'CALL_TIMEOUT']);
    }
    case 'callback': {
      let told = 0;
      const call = (): Promise<unknown> => swapper.call('live_report', () => void told++, step.times);
      const objection = (answer: unknown): string | undefined =>
        told === step.times ? fits(answer) : `told ${told} times instead of ${step.times}`;
      return ledger.follow('live_report', call, objection, mishaps);
    }
    case 'linger':
      return ask('live_linger', step.ms);
    case 'throw':
      return ledger.follow('live_throw', () => swapper.call('live_throw'), unexpected, [
        ...mishaps,
        (error) => error instanceof RangeError,
      ]);
    case 'notCloneable': {
      const [name, args] =
        step.side === 'argument' ? ['live_answer', [{ deep: () => {} }]] : ['live_closure', []];
      return ledger.follow(name, () => swapper.call(name, ...args), unexpected, [
        ...mishaps,
        'NOT_CLONEABLE',
      ]);
    }
    case 'unknown':
      return ledger.follow('live_nobody', () => swapper.call('live_nobody'), unexpected, [
        'FUNCTION_UNKNOWN',
      ]);
    case 'idempotent': {
      const counter = new Int32Array(new SharedArrayBuffer(4));
      const call = (): Promise<unknown> => swapper.call('live_count', counter, step.deaths);
      const objection = (answer: unknown): string | undefined =>
        (counter[0] ?? 0) <= 2 ? fits(answer) : `sent ${counter[0]} times`;
      return ledger.follow('live_count', call, objection, mishaps);
    }
    case 'crash': {
      const names = {
        exit: 'live_exit',
        timer: 'live_timer',
        rejection: 'live_rejection',
        armory: 'live_breakArmory',
      };
      const name = names[step.how];
      return ledger.follow(name, () => swapper.call(name), unexpected, mishaps);
    }
    default:
      return undefined;
  }
}

/** Lets the event loop turn so many times. */
export async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await setImmediate();
}

function unexpected(answer: unknown): string {
  return `answered ${JSON.stringify(answer)}`;
}
