import { ts } from 'ts-morph';
import type { PluginSources } from '../../rule.js';
import { analyse } from '../../rules/analysis/analysis.js';
import { enclosingFunction, walk, type CallOrNew } from '../../rules/analysis/syntax.js';
import { isRearmed } from '../../rules/no-long-tasks/timers.js';
import { ImportedNames } from '../../rules/analysis/imported-names.js';
import { factAt, type SwapFact } from './swap-fact.js';

type Judge = (call: CallOrNew, sources: PluginSources) => SwapFact | undefined;

/** Returns facts about work that an app's own files begin through the platform. */
export function workFacts(sources: PluginSources): SwapFact[] {
  return sources.files.flatMap(({ compilerNode: file }) => {
    const names = new ImportedNames(file);
    const found: SwapFact[] = [];
    walk(file, (node) => {
      if (!ts.isCallExpression(node) && !ts.isNewExpression(node)) return;
      const callee = names.of(node.expression);
      const judge = callee && judges.get(`${callee.module}.${callee.name}`);
      const fact = judge?.(node, sources) ?? (ts.isCallExpression(node) ? ofMethod(node) : undefined);
      if (fact) found.push(fact);
    });
    return found;
  });
}

const interval: Judge = (call) =>
  enclosingFunction(call)
    ? factAt(
        call,
        'held',
        'Begun while the entry runs, this interval runs in the active version alone; begun later, beside that of the next version until this one ends.',
      )
    : factAt(call, 'held', 'This interval runs in the active version alone.');

const timer: Judge = (call, sources) => {
  const start = { work: 'timer', call, subject: undefined } as const;
  if (!isRearmed(analyse(sources), start)) return undefined;
  return factAt(
    call,
    'overlaps',
    'This timer sets itself again: old and new version run it side by side until the old one ends.',
    'Use `setInterval` at the start, or `every(ms, fn)` of liveswap/plugin, which run in one version at a time.',
  );
};

const thread: Judge = (call) =>
  factAt(
    call,
    'disk',
    'The code that this runs is read from the disk when it starts: it may be of another release than the version that starts it.',
    'Deploy each release to a folder of its own.',
  );

function refused(what: string, remedy: string, how = 'this fails'): Judge {
  return (call) => factAt(call, 'refused', `${what} is not adopted: ${how}.`, remedy);
}

const stays: Judge = (call) =>
  factAt(
    call,
    'stays',
    'A connection stays with the version that has accepted it, until it ends or `drainMs` is over.',
  );

const http2 = refused('An HTTP/2 server', 'Serve HTTP/1.1, with HTTP/2 in a proxy before it.');
const grpc = refused('A gRPC server', 'It needs HTTP/2: keep it in a process of its own.');
const datagrams = refused(
  'A datagram socket that is bound to a port',
  'Serve the app with --exclusive-start, or keep it in a process of its own.',
  '`bind` fails, where this one is; one that only sends works',
);
const forking = refused('`cluster`', 'Start the file that listens, with --threads.');

const judges: ReadonlyMap<string, Judge> = new Map([
  ['.setInterval', interval],
  ['timers.setInterval', interval],
  ['.setTimeout', timer],
  ['timers.setTimeout', timer],
  ['worker_threads.Worker', thread],
  ['child_process.fork', thread],
  ['http2.createServer', http2],
  ['http2.createSecureServer', http2],
  ['@grpc/grpc-js.Server', grpc],
  ['dgram.createSocket', datagrams],
  ['cluster.fork', forking],
  ['net.createServer', stays],
  ['net.Server', stays],
]);

const DEAF = /^SIG(?:HUP|USR2)$/;
/** Matches events of TLS servers that never occur, because the host speaks TLS in place of the server. */
const TLS = /^(?:newSession|resumeSession|OCSPRequest)$/;

/** Recognises `process.on('SIGHUP', …)`, `server.on('upgrade', …)` and the like, whatever the name of the server. */
function ofMethod(call: ts.CallExpression): SwapFact | undefined {
  const { expression, arguments: given } = call;
  if (!ts.isPropertyAccessExpression(expression) || !/^(?:on|once|addListener)$/.test(expression.name.text))
    return undefined;
  const [event] = given;
  if (!event || !ts.isStringLiteralLike(event)) return undefined;
  if (event.text === 'upgrade') return stays(call, undefined as never);
  if (TLS.test(event.text))
    return factAt(
      call,
      'deaf',
      `This handler of ${event.text} is never called: the host speaks TLS.`,
      event.text === 'OCSPRequest'
        ? 'No OCSP responses are stapled.'
        : 'It keeps sessions and their tickets itself, through every version.',
    );
  if (!DEAF.test(event.text) || expression.expression.getText() !== 'process') return undefined;
  return factAt(
    call,
    'deaf',
    `This handler of ${event.text} is never called.`,
    'A reload takes the place of what it does.',
  );
}
