import { ts } from 'ts-morph';
import type { Rule } from '../../rule.js';
import { analyse, reportable } from '../analysis/analysis.js';
import { Releases } from '../analysis/releases.js';
import { openClients, type OpenClient } from './clients.js';
import { globalWrites, type GlobalWrite } from './global-writes.js';
import { moduleState, type ModuleState } from './module-state.js';

/** Refuses state outside functions: each thread would have its own, and each reload would lose it. */
export const noGlobals: Rule = {
  name: 'no-globals',
  summary:
    'no module-level or static state that calls change, nothing left open there, and no writes to what the thread shares',
  check(plugin, report) {
    const analysis = analyse(plugin);
    const releases = new Releases(analysis);
    const say = (node: ts.Node, problem: string, remedy: string) =>
      report(reportable(analysis, node), problem, remedy);
    const clients = openClients(analysis, releases);
    for (const client of clients) say(client.node, problemOfClient(client), remedyOfClient(client));
    const writes = globalWrites(analysis);
    const said = new Set(clients.map(({ node }) => node));
    for (const { node, kind, what } of moduleState(
      analysis,
      releases,
      writes.map((write) => write.node),
    )) {
      if (said.has(node)) continue;
      say(node, `${capital(what)}: each thread has its own, and a reload loses it.`, remedies[kind]);
    }
    for (const write of writes) say(write.node, problemOfWrite(write), remedyOfWrite(write));
  },
};

function problemOfClient({ node, type, closing }: OpenClient): string {
  const name = node.getText();
  const subject = /^[\w$#.]+$/.test(name) ? `\`${name}\` is` : 'This makes';
  return `${subject} an instance of ${type} that must be closed (\`${closing}\`), and nothing closes it when its version retires.`;
}

function remedyOfClient({ call, closing, takesWork }: OpenClient): string {
  const made = call.getText().replaceAll(/\s+/g, ' ');
  const isNew = ts.isNewExpression(call);
  const opened = made.length > 60 ? `${isNew ? 'new ' : ''}${call.expression.getText()}(…)` : made;
  const access = closing.startsWith('[') ? closing : `.${closing}`;
  const options = takesWork ? ', { takesWork: true }' : '';
  return `Open it with \`resource(() => ${opened}, (opened) => opened${access}${options})\` of liveswap/plugin, and call the constant where you use it: it is opened before \`onLoad\` and closed after \`onFree\`.`;
}

function problemOfWrite({ target }: GlobalWrite): string {
  return `This writes to \`${target}\`, which every module of the thread shares and which no reload undoes.`;
}

function remedyOfWrite({ target }: GlobalWrite): string {
  return target === 'process.env'
    ? 'Keep the value in a constant, or pass it on as an argument; set the environment of the threads with the `env` option of the host.'
    : 'Keep the value in `context.vault.dataBag` or pass it as an argument; put a function in a module and import it.';
}

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
