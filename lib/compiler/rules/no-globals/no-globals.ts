import type { ts } from 'ts-morph';
import type { Rule, TextEdit } from '../../rule.js';
import { analyse } from '../analysis/analysis.js';
import { releasesOf } from '../analysis/releases.js';
import { openClients, type OpenClient } from './clients.js';
import { globalWrites, type GlobalWrite } from './global-writes.js';
import { wrapInKept } from './fixes/wrap-in-kept.js';
import { wrapInResource } from './fixes/wrap-in-resource.js';
import { moduleState } from './module-state.js';
import { remedyOfClient, remedyOfState, remedyOfWrite } from './remedies.js';

/** Refuses state outside functions: each thread would have its own, and each reload would lose it. */
export const noGlobals: Rule = {
  name: 'no-globals',
  summary:
    'no module-level or static state that calls change, nothing left open there, and no writes to what the thread shares',
  isAboutCode: true,
  check(plugin, report) {
    const analysis = analyse(plugin);
    const releases = releasesOf(analysis);
    const say = (node: ts.Node, problem: string, remedy: string, fix?: readonly TextEdit[]) =>
      report(node, problem, remedy, fix);
    const clients = openClients(analysis, releases);
    for (const client of clients) {
      say(client.node, problemOfClient(client), remedyOfClient(client), wrapInResource(analysis, client));
    }
    const writes = globalWrites(analysis);
    const said = new Set(clients.map(({ node }) => node));
    const states = moduleState(
      analysis,
      releases,
      writes.map(({ node }) => node),
    );
    for (const state of states.filter(({ node }) => !said.has(node))) {
      const problem = `${capital(state.what)}: each thread has its own, and a reload loses it.`;
      say(state.node, problem, remedyOfState(state), wrapInKept(analysis, state));
    }
    for (const write of writes) say(write.node, problemOfWrite(write), remedyOfWrite(write));
  },
};

function problemOfClient({ node, type, closing }: OpenClient): string {
  const name = node.getText();
  const subject = /^[\w$#.]+$/.test(name) ? `\`${name}\` is` : 'This makes';
  return `${subject} an instance of ${type} that must be closed (\`${closing}\`), and nothing closes it when its version retires.`;
}

function problemOfWrite({ target }: GlobalWrite): string {
  return `This writes to \`${target}\`, which every module of the thread shares and which no reload undoes.`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
