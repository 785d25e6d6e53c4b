import type { Context, Span } from '@opentelemetry/api';
import { isThenable } from '../core/is-thenable.js';
import { context, trace } from './api.js';
import { endSpan } from './spans.js';
import { untilEnded, type OnEnd } from './until-ended.js';

/** When a span ends: with the answer, streams included; as soon as the answer exists; or by other code. */
type Until = 'answer' | 'settled' | 'nothing';

/** Runs something in a span, which ends as `until` tells. */
export function runInSpan<Result>(span: Span, parent: Context, run: () => Result, until: Until): Result {
  const active = trace.setSpan(parent, span);
  const end = once((...failure: [error?: unknown]) => endSpan(span, ...failure));
  const within = <Value>(step: () => Value): Value => context.with(active, step);
  const settled = (answer: unknown): unknown => {
    if (until === 'answer') return untilEnded(answer, within, end);
    if (until === 'settled') end();
    return answer;
  };
  const failed = (error: unknown): never => {
    if (until !== 'nothing') end(error);
    throw error;
  };
  try {
    const result = within(run);
    return (
      isThenable(result) ? Promise.resolve(result).then(settled).catch(failed) : settled(result)
    ) as Result;
  } catch (error) {
    return failed(error);
  }
}

function once(run: OnEnd): OnEnd {
  let hasRun = false;
  return (...failure) => {
    if (!hasRun) run(...failure);
    hasRun = true;
  };
}
