import { withCarrier, type Carrier } from '../core/carrier.js';
import { isThenable } from '../core/is-thenable.js';
import type { Logger } from '../core/logger.js';
import type { TracedResponse } from '../core/tracing.js';
import type { IncomingCall } from '../link/incoming-call.js';
import { LiveData, wrapData, type LiveClasses } from '../live-data/live-data.js';
import type { StartTask } from '../surface/thread-surface.js';
import { chainedCall } from './chained-call.js';
import type { OpenWork } from './open-work.js';
import type { RunningWork } from './running-work.js';
import type { ServiceHost } from './services.js';

/** Dependencies of a {@link serviceHost}. */
export interface ServiceHostDeps extends Pick<ServiceHost, 'definition' | 'evaluated' | 'waitUntil'> {
  readonly task: StartTask;
  readonly running: RunningWork;
  readonly openWork: OpenWork;
  readonly liveClasses: LiveClasses;
  readonly log: Logger;
}

/** Returns the services' view of their thread: facts about its version, and ways to run code of the plugin. */
export function serviceHost(deps: ServiceHostDeps): ServiceHost {
  const { task, running, openWork, liveClasses, definition, log, evaluated, waitUntil } = deps;
  const answer = <Result>(
    incoming: IncomingCall,
    work: () => Result,
    carrier: Carrier | undefined,
    response?: TracedResponse,
  ): Result => {
    const chain = carrier ? withCarrier([], carrier) : [];
    const call = carrier ? chainedCall(incoming, incoming.name, chain) : incoming;
    return running.answer(call, chain, work, response);
  };
  // The work counts like a call: a yielding version waits until it settles.
  const run: ServiceHost['run'] = (call, work, carrier) => {
    const done = openWork.run(call.name);
    try {
      const result = answer(call, work, carrier);
      if (isThenable(result)) result.then(done, done);
      else done();
      return result;
    } catch (error) {
      done();
      throw error;
    }
  };
  return {
    plugin: task.plugin,
    version: task.version,
    definition,
    exclusive: task.exclusive,
    log,
    limits: task.limits,
    hold: openWork.hold,
    holdRunning: openWork.run,
    waitUntil,
    evaluated,
    wrap: (value) => wrapData(value, liveClasses),
    unwrap: (wire) => LiveData.from(wire, liveClasses).unwrap(),
    run,
    answer,
  };
}
