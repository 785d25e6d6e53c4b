import type { Rule } from '../../rule.js';
import { analyse, reportable } from '../analysis/analysis.js';
import { globalWrites } from './global-writes.js';
import { moduleState, type ModuleState } from './module-state.js';

/** Refuses state outside functions: each thread would have its own, and each reload would lose it. */
export const noGlobals: Rule = {
  name: 'no-globals',
  summary: 'no module-level or static state that changes, and no writes to what the thread shares',
  check(plugin, report) {
    const analysis = analyse(plugin);
    const writes = globalWrites(analysis);
    const written = writes.map((write) => write.node);
    for (const { node, kind, what } of moduleState(analysis, written)) {
      report(
        reportable(analysis, node),
        `${capital(what)}: each thread has its own, and a reload loses it.`,
        remedies[kind],
      );
    }
    for (const { node, target } of writes) {
      report(
        reportable(analysis, node),
        `This writes to \`${target}\`, which every module of the thread shares and which no reload undoes.`,
        target === 'process.env'
          ? 'Keep the value in a constant, or pass it on as an argument; set the environment of the threads with the `env` option of the host.'
          : 'Keep the value in `context.vault.dataBag` or pass it as an argument; put a function in a module and import it.',
      );
    }
  },
};

const bag =
  'Keep it in `context.vault.dataBag`, or make it in the function that needs it and pass it as an argument';

const remedies: Readonly<Record<ModuleState['kind'], string>> = {
  variable: `${bag}; if it never changes, make it \`const\` or \`readonly\`.`,
  container: `${bag}; if it never changes, fill it where it is made, or freeze it.`,
  instance: `${bag}; if its fields never change, make them \`readonly\`.`,
  regexp: 'Write the regular expression in the function that uses it, or leave the flag out.',
  iterator: 'Make the iterator in the function that uses it.',
  closure: `${bag} instead of a closure.`,
};

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
