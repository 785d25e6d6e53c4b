import { Server as HttpServer } from 'node:http';
import { Server as HttpsServer } from 'node:https';
import type { Server } from 'node:net';
import { dirname, resolve } from 'node:path';
import { setImmediate as turnEnd } from 'node:timers/promises';
import type { MessagePort } from 'node:worker_threads';
import type { Adapter } from '../adapters/adapter.js';
import { builtinAdapters } from '../adapters/builtin/index.js';
import { isPackaged } from '../core/paths.js';
import type { ArtifactModule } from '../plugin/artifact-module.js';
import { bind } from '../plugin/host-binding.js';
import { keptRoots } from '../plugin/kept-roots.js';
import { ownSymbols } from '../plugin/own-symbols.js';
import { takers } from '../plugin/takers.js';
import { ticker } from '../plugin/ticker.js';
import { memoryStoreAdapters } from '../stores/memory-stores.js';
import type { AppAnswer, AppOptions } from '../surface/app-notes.js';
import type { CrossedSocket } from '../sockets/thread/crossed-socket.js';
import { HttpConnections } from '../sockets/thread/http-connections.js';
import { allowTlsOverCrossedSockets, passForTlsSockets } from '../sockets/thread/tls-over-crossed.js';
import { TunnelEnd } from '../sockets/thread/tunnel-end.js';
import { adaptPackages } from './adapted-packages.js';
import { AdoptedServers } from './adopted-servers.js';
import { Admission } from './admission.js';
import { filesBeside, type AppSpec } from './app-spec.js';
import { refuseBoundDatagrams } from './bound-datagrams.js';
import { Departure } from './departure.js';
import { explainEarlyExit } from './early-exit.js';
import { Ending } from './ending.js';
import { runEntry } from './entry.js';
import { Evaluation } from './evaluation.js';
import { ExclusiveRequests } from './exclusive-requests.js';
import { freezeFileSystem } from './file-system.js';
import { FrozenFiles, type FrozenTable } from './frozen-files.js';
import { HeldIntervals } from './held-intervals.js';
import { hideListeners } from './hidden-listeners.js';
import { HostLine } from './host-line.js';
import { linger, lingerWhileDraining } from './linger.js';
import { freezeModules } from './modules.js';
import { warnOfRefusals } from './not-adopted.js';
import { otherFiles } from './other-files.js';
import { placeOfFailure } from './place-of-failure.js';
import { adoptProcess } from './process-parts.js';
import { RequestTimes } from './request-times.js';
import { refuseSentConnections } from './sent-connections.js';
import { Strays } from './strays.js';
import { warnOfDeafSignals, warnOfThaw, warnOfTimeZone } from './warnings.js';

/** An app in its thread: its entry runs as in a process of its own, and the host listens on its addresses. */
class App {
  readonly #spec: AppSpec;
  #files!: FrozenFiles;
  #root = '';
  #args: readonly string[] = [];
  readonly #line = new HostLine(() => this.#end);
  readonly #evaluation = new Evaluation();
  readonly #departure = new Departure();
  #begin!: () => void;
  /** Resolves when the host is ready. */
  readonly #begun = new Promise<void>((resolve) => {
    this.#begin = resolve;
  });
  #times!: RequestTimes;
  #end!: TunnelEnd;
  #connections!: HttpConnections;
  #servers!: AdoptedServers;
  #ending!: Ending;

  constructor(spec: AppSpec) {
    this.#spec = spec;
  }

  /**
   * Runs the entry, and reports the outcome to the host at the other end of `port`.
   *
   * @param evaluated is called once the entry has been evaluated.
   * @param run counts work of that name as running until the returned function is called.
   */
  open(
    port: MessagePort,
    { lingerMs, shutdownMs, root, sockets, args = this.#spec.args }: AppOptions,
    evaluated: () => void,
    run: (name: string) => () => void,
  ): void {
    this.#root = root;
    this.#args = args;
    this.#files = new FrozenFiles(this.#table, () => otherFiles((awaited) => this.#line.missing(awaited)));
    const servers = this.#adoptServers(port, sockets, run);
    if (this.#spec.exclusive !== 'start') refuseBoundDatagrams();
    refuseSentConnections();
    this.#departure.watch();
    this.#times = new RequestTimes((ended) => this.#line.answeredRequests(ended));
    this.#freeze();
    // A request that the app's handlers end, such as a long poll, would keep it alive after them.
    const lastEndedAt = (): number => (this.#ending.isHandled ? -Infinity : this.#times.lastEndedAt);
    const lingered = (): Promise<void> => linger(lingerMs, lastEndedAt);
    this.#ending = new Ending({ end: this.#end, connections: this.#connections, lingered, shutdownMs });
    lingerWhileDraining(this.#times, lingered);
    const intervals = new HeldIntervals((path) => this.#files.isOwn(path));
    takers.add(intervals);
    adoptProcess((change) => this.#line.change(change));
    // What a process has written before it exits still arrives.
    process.on('exit', () => this.#end.flush());
    hideListeners();
    const { exit } = this.#departure;
    explainEarlyExit(exit, (error) => {
      this.#line.failed(error);
      // Earlier messages must be on their way before the thread ends.
      this.#end.close();
    });
    this.#begun
      .then(() => this.#run(servers, intervals, evaluated))
      .then(
        () => {
          process.exit = exit;
          warnOfRefusals();
          this.#line.ready();
        },
        (error: unknown) => this.#line.failed(error, placeOfFailure(error, this.#files, this.#evaluation)),
      );
  }

  async #run(servers: AdoptedServers, intervals: HeldIntervals, evaluated: () => void): Promise<void> {
    const { TZ } = process.env;
    const evaluation = runEntry(this.#files, resolve(this.#root, this.#spec.entry), this.#args);
    // The entry may wait for work that begins only when its version is active, such as a bot that polls until it is stopped.
    const blocked = takers.whenBlocked.then(() => turnEnd(true));
    if (await Promise.race([evaluation.then(() => false), blocked])) evaluation.catch(throwLater);
    intervals.stopCollecting();
    warnOfTimeZone(TZ);
    evaluated();
    await servers.settled();
  }

  /** Lets the app end its work, as it would before the end of its process. */
  async close(): Promise<void> {
    // A process that dies of an error gets no signal.
    if (!this.#departure.isDeath) await this.#ending.shutDown();
    this.#times.flush();
    this.#end.close();
  }

  died(): void {
    this.#departure.die();
  }

  left(): void {
    this.#departure.leave();
  }

  #heard(answer: AppAnswer): void {
    switch (answer.kind) {
      case 'run':
        this.#evaluation.tellIn(answer.evaluating);
        return this.#begin();
      case 'replaced':
        if (answer.isFirst) warnOfDeafSignals();
        if (answer.alone) for (const socket of this.#connections.others) socket.destroy();
        return undefined;
      case 'closing':
        return void this.#ending.endLasting();
      case 'fence':
        this.#connections.fence();
        return this.#end.note(answer);
      case 'context':
        return void this.#line.context(answer.ask, this.#servers.contextFor(answer.key, answer.servername));
      case 'handshakeFailed':
        return this.#servers.handshakeFailed(answer);
      case 'listening':
      case 'refused':
        return this.#line.answered(answer);
      default:
        return answer satisfies never;
    }
  }

  #adoptServers(
    port: MessagePort,
    sockets: readonly string[],
    run: (name: string) => () => void,
  ): AdoptedServers {
    const servers = new AdoptedServers(this.#line, sockets, (path) => this.#files.isOwn(path));
    this.#servers = servers;
    allowTlsOverCrossedSockets();
    passForTlsSockets();
    this.#end = new TunnelEnd(port, {
      accept: (socket) => {
        const server = servers.at(socket.facts.label as string);
        if (server) serve(server, socket);
        else socket.destroy();
      },
      leave: (socket) => connections.leave(socket),
      note: (answer) => this.#heard(answer as AppAnswer),
    });
    const connections = new HttpConnections(this.#end);
    const admission = new Admission();
    this.#connections = connections;
    const { exclusive: kind } = this.#spec;
    const exclusive = kind ? new ExclusiveRequests(this.#end, connections, run, kind === 'start') : undefined;
    const serve = (server: Server, socket: CrossedSocket): void => {
      const event = admission.admit(server, socket);
      if (!event) return;
      // Any other connection stays with the version that accepted it.
      if (!isHttp(server)) return void server.emit(event, socket);
      connections.accept(socket, server, event);
      exclusive?.accepted(socket);
    };
    return servers;
  }

  #adapters(): Adapter[] {
    const { adapters, noAdapters, stores } = this.#spec;
    const builtin = [...builtinAdapters, ...memoryStoreAdapters(stores === 'auto' ? 'replaced' : 'lost')];
    return [...adapters, ...builtin.filter(({ package: name }) => !noAdapters.includes(name))];
  }

  get #table(): FrozenTable {
    const { url, files, folders } = this.#spec;
    return { root: this.#root, files, folders, copies: filesBeside(url) };
  }

  #freeze(): void {
    // Each file of the app has its own inline source map.
    Reflect.deleteProperty(Error, 'prepareStackTrace');
    process.setSourceMapsEnabled(true);
    const { url: runtime } = import.meta;
    const entry = resolve(this.#root, this.#spec.entry);
    const strays = new Strays(isPackaged(entry) ? process.cwd() : dirname(entry));
    freezeModules(this.#files, {
      table: this.#table,
      entry,
      runtime,
      loader: new URL('app-loader.bundle.mjs', runtime).href,
      adapted: adaptPackages(this.#adapters()),
      evaluation: this.#evaluation,
      onNews: (path) => {
        this.#line.joined(path);
        if (this.#files.isStray(path)) strays.add(path);
      },
      onMissing: (awaited) => this.#line.missing(awaited),
    });
    freezeFileSystem(this.#files, warnOfThaw, (path) => this.#servers.isSocket(path));
  }
}

function isHttp(server: Server): server is HttpServer {
  return server instanceof HttpServer || server instanceof HttpsServer;
}

/** Makes a plugin of an app: its thread offers the app as the service `app`. */
export function createApp(spec: AppSpec): ArtifactModule {
  const app = new App(spec);
  takers.expect();
  return {
    plugin: { app } as ArtifactModule['plugin'],
    symbols: {},
    liveFunctions: {},
    liveTypes: {},
    takers,
    ticker,
    keptRoots,
    ownSymbols,
    isEvaluatedLater: true,
    bind,
  };
}

/** Throws an error as an uncaught one. */
function throwLater(error: unknown): void {
  setImmediate(() => {
    throw error;
  });
}
