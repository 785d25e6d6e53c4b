import { ts } from 'ts-morph';
import type { OpenClient } from './clients.js';
import type { GlobalWrite } from './global-writes.js';
import type { ModuleState } from './module-state.js';

/** Returns the remedy for state, by its kind. */
export function remedyOfState({ kind }: ModuleState): string {
  return ofState[kind];
}

/** Returns the remedy for a client that nothing closes: the wrapping, written out. */
export function remedyOfClient({ call, closing, takesWork }: OpenClient): string {
  const made = call.getText().replaceAll(/\s+/g, ' ');
  const short = `${ts.isNewExpression(call) ? 'new ' : ''}${call.expression.getText()}(…)`;
  const close = `opened${closing.startsWith('[') ? closing : `.${closing}`}`;
  const options = takesWork ? ', { takesWork: true }' : '';
  const lives = takesWork
    ? 'with `onActive` and closed with `onYield`, so that only the active version takes its work'
    : 'before `onLoad` and closed with the version';
  return `Open it with \`resource(() => ${made.length > 60 ? short : made}, (opened) => ${close}${options})\` of liveswap/plugin, and call the constant where you use it: it is opened ${lives}.`;
}

/** Returns the remedy for a write to an object that the whole thread shares, by its kind. */
export function remedyOfWrite({ target, isSetting }: GlobalWrite): string {
  if (isSetting) return 'Set it where the module is evaluated, or in `onLoad`: each thread has its own.';
  if (target.endsWith('.enterWith')) return 'Run the code that needs the store in `run(store, …)`.';
  return target === 'process.env'
    ? 'Keep the value in a constant, or pass it on as an argument; set the environment of the threads with the `env` option of the host.'
    : 'Keep the value in `context.vault.dataBag` or pass it as an argument; put a function in a module and import it.';
}

const instead =
  'or in `context.vault.dataBag`, or make it in the function that needs it; a value that each thread may have for itself, such as a cache, is a `resource`';

const ofState: Readonly<Record<ModuleState['kind'], string>> = {
  variable: `Keep it in an object of \`kept('name', () => ({ … }))\` of liveswap/plugin, which hands it to the next version, ${instead}. If only \`onLoad\` sets it, set it there; if it never changes, make it \`const\` or \`readonly\`.`,
  container: `Keep it with \`kept('name', () => …)\` of liveswap/plugin, which hands it to the next version, ${instead}. If it never changes, fill it where it is made, or freeze it.`,
  instance: `Keep it with \`kept('name', () => new …)\` of liveswap/plugin, which hands it to the next version, ${instead}. If its fields never change, make them \`readonly\`.`,
  regexp: 'Write the regular expression in the function that uses it, or leave the flag out.',
  iterator:
    "Make the iterator in the function that uses it; keep what it counts in an object of `kept('name', () => ({ … }))` of liveswap/plugin.",
  closure: `Keep it in an object of \`kept('name', () => ({ … }))\` of liveswap/plugin, which hands it to the next version, ${instead}.`,
};
