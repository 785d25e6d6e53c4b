import { messageOf } from '../core/errors.js';

/** Told of what somebody else's code threw. */
export type Report = (error: unknown) => void;

/** `call`, which is somebody else's code, in such a way that it neither throws nor rejects: `report` is told instead. */
export function guarded<Args extends readonly unknown[]>(
  call: (...args: Args) => unknown,
  report: Report,
): (...args: Args) => void {
  return (...args) => {
    try {
      const outcome = call(...args);
      if (outcome instanceof Promise) outcome.catch(report);
    } catch (error) {
      report(error);
    }
  };
}

/** Tells of the first error only: what throws once throws again with each event. */
export function once(report: Report): Report {
  let isReported = false;
  return (error) => {
    if (isReported) return;
    isReported = true;
    report(error);
  };
}

/** Tells of `what` that failed as a warning of the process: nothing else can be relied on. */
export function warnOf(what: string): Report {
  return once((error) => process.emitWarning(`${what} threw: ${messageOf(error)}`, 'LiveswapWarning'));
}
