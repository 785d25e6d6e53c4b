import type { Rule } from '../../rule.js';
import { analyse } from '../analysis/analysis.js';
import { isWithin } from '../analysis/syntax.js';
import { asyncExecutors } from './promise-executor.js';
import { endlessLoops } from './endless-loops.js';
import { endlessRecursions } from './endless-recursion.js';
import { floatingPromises } from './floating-promises.js';
import { longWork, type LongWork } from './long-work.js';
import { remedyOfLoop, remedyOfPromise, remedyOfWork } from './remedies.js';
import { useEvery } from './use-every.js';
import { releasesOf } from '../analysis/releases.js';
import type { Work } from './starts.js';
import { giveToWaitUntil } from './wait-until.js';

/** Refuses work that outlives the call that began it: it would keep an old version alive, or be cut off with it. */
export const noLongTasks: Rule = {
  name: 'no-long-tasks',
  summary: 'no work that outlives its call, unless the version waits for it or ends it',
  isAboutCode: true,
  check(plugin, report) {
    const analysis = analyse(plugin);
    const releases = releasesOf(analysis);
    const work = longWork(analysis, releases);
    for (const start of work) {
      report(start.call, problemOf(start), remedyOfWork(start), useEvery(analysis, start));
    }
    for (const loop of [...endlessLoops(analysis, releases), ...endlessRecursions(analysis, releases)]) {
      report(loop, 'Nothing ends this loop: a version that runs it never drains.', remedyOfLoop);
    }
    for (const executor of asyncExecutors(analysis)) {
      report(
        executor,
        'An error in this async executor rejects a promise that nobody holds, which ends the thread.',
        'Make the executor synchronous, or write an async function instead of `new Promise`.',
      );
    }
    for (const floating of floatingPromises(analysis)) {
      const { node, how } = floating;
      if (work.some(({ call }) => isWithin(node, call))) continue;
      // A version does not wait for work that is part of its end.
      const fix = releases.isFreeCode(node) ? undefined : giveToWaitUntil(analysis, floating);
      report(
        node,
        `This promise is ${how}: its work goes on after the call has ended, and its failure ends the thread.`,
        remedyOfPromise,
        fix,
      );
    }
  },
};

function problemOf({ work, isRearmed }: LongWork): string {
  return isRearmed
    ? 'This timer sets itself again for ever: it goes on after the call has ended.'
    : `This ${subjects[work]}, and nothing ends it: it goes on after the call has ended, when its version should retire.`;
}

const subjects: Readonly<Record<Work, string>> = {
  interval: 'starts an interval',
  timer: 'sets a timer that nobody waits for or clears',
  microtask: 'queues itself again',
  server: 'starts a server',
  watcher: 'starts a watcher',
  worker: 'starts a thread',
  'child process': 'starts a process',
  'process listener': 'listens to the process or its thread, which belong to the host',
  subscription: 'subscribes at module level',
};
