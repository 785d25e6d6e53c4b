import { messageOf } from '../core/errors.js';

/** Receives an error thrown by third-party code. */
export type Report = (error: unknown) => void;

/** Wraps `call`, which is third-party code, so that it neither throws nor rejects: `report` receives the error instead. */
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

/** Reports the first error only: code that throws once usually throws again with each event. */
export function once(report: Report): Report {
  let isReported = false;
  return (error) => {
    if (isReported) return;
    isReported = true;
    report(error);
  };
}

/** Reports a failure of `what` as a process warning, because nothing else can be relied on. */
export function warnOf(what: string): Report {
  return once((error) => process.emitWarning(`${what} threw: ${messageOf(error)}`, 'LiveswapWarning'));
}
