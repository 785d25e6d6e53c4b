import { pinOf, readChain, type Chain } from '../core/chain.js';
import { LiveswapError } from '../core/errors.js';
import { carrierOf, withCarrier } from '../core/carrier.js';
import type { Tracing } from '../core/tracing.js';
import type { Logger } from '../core/logger.js';
import type { Dispatcher, RouteTable } from '../dispatch/dispatcher.js';
import { chainForPlugin, runForPlugin } from '../dispatch/plugin-work.js';
import type { Methods } from '../link/remote-object.js';
import type { IncomingCall } from '../link/incoming-call.js';
import { Scope } from '../link/protocol.js';
import { keyOf } from '../core/plugin-key.js';
import type { SwapEvent } from '../observe/events.js';
import type { HostSurface } from '../surface/host-surface.js';
import type { ThreadHandle } from '../version/thread-handle.js';
import type { Version } from '../version/version.js';
import { ExtensionReplay } from './extension-replay.js';
import type { Generation } from './generation.js';
import type { BagView, SharedBag } from './host-bag.js';
import { bagOfPlugin } from './plugin-bag.js';
import { jobOf, keepingData } from './job.js';

/** A version's view of the vault: that of the generation it was started for, or last carried over to. */
export interface VaultView {
  readonly generation: Generation;
  readonly bag: SharedBag;
  readonly extension: object;
  /** `open` once every plugin of the generation is loaded, `current` once calls go to the newest generation. */
  readonly access: 'closed' | 'open' | 'current';
}

/** Dependencies of a VaultHost. */
export interface VaultHostDeps {
  readonly dispatcher: Dispatcher;
  /** Returns a generation by its id while somebody holds it. */
  readonly findGeneration: (id: number) => Generation | undefined;
  /** Returns the table in which a draining version must look up a name, if that is not the current generation's. */
  readonly tableFor: (version: Version, name: string) => RouteTable | undefined;
  readonly logger: Logger;
  readonly tracing: Tracing | undefined;
  readonly emit: (event: SwapEvent) => void;
}

/** A call by a plugin: its deadline, and the call that it is part of. */
interface NestedCall {
  readonly signal: AbortSignal;
  readonly chain: Chain;
}

/** The host's half of the vault: the services of the swapper for the threads of its versions. */
export class VaultHost {
  readonly #deps: VaultHostDeps;
  readonly #views = new WeakMap<Version, VaultView>();
  readonly #replay = new ExtensionReplay();

  constructor(deps: VaultHostDeps) {
    this.#deps = deps;
  }

  /** Sets the view of the vault for `versions`. */
  settle(versions: Iterable<Version>, view: VaultView): void {
    for (const version of versions) this.#views.set(version, view);
  }

  answer(
    version: Version,
    thread: ThreadHandle,
    wireScope: Scope,
    wireName: string,
    args: unknown[],
    call: IncomingCall,
  ): unknown {
    const { scope, name, chain } = readChain(wireScope, wireName);
    if (scope === Scope.extension) {
      const { extension } = this.#viewOf(version);
      const run = (): unknown => this.#replay.call(extension, name, args, version, thread);
      return runForPlugin(call, () => this.serveCallback(name, chain, run), chain);
    }
    const { signal } = call;
    if (scope === Scope.vault) return this.#callLive(version, Scope.live, name, args, { signal, chain });
    if (scope === Scope.vaultRun) return this.#run(version, args, { signal, chain });
    if (scope === Scope.import) return this.#callImport(version, name, args, { signal, chain });
    throw new LiveswapError('FUNCTION_UNKNOWN', `The host has no method ${name}.`, { call: name });
  }

  /** Returns the chain on whose behalf code of the host asks a thread to go on; its carrier names what is traced here. */
  chainHere(): Chain {
    const chain = chainForPlugin();
    const carrier = this.#deps.tracing?.inject(carrierOf(chain));
    return carrier ? withCarrier(chain, carrier) : chain;
  }

  /** Calls a call-back of `plugin`. */
  askCallback<Result>(plugin: string, callback: string, send: () => Promise<Result>): Promise<Result> {
    const { tracing } = this.#deps;
    return tracing ? tracing.call(`${plugin}/${callback}`, send) : send();
  }

  /** Runs a call-back of the host, or a method of the extension, on behalf of the chain of its caller. */
  serveCallback<Result>(callback: string, chain: Chain, run: () => Result): Result {
    const { tracing } = this.#deps;
    return tracing ? tracing.serveCallback(callback, carrierOf(chain), run) : run();
  }

  surface(version: Version, thread: number): Methods {
    const bag = (): BagView => bagOfPlugin(this.#viewOf(version).bag.seenBy(version.plugin), version.plugin);
    const name = { plugin: version.plugin, version: version.id, thread };
    const surface: HostSurface = {
      bagGet: (key) => bag().get(key),
      bagSet: (key, value) => bag().set(key, value),
      bagHas: (key) => bag().has(key),
      bagDelete: (key) => bag().delete(key),
      bagKeys: () => bag().keys(),
      bagUpdate: (key, change) => bag().update(key, change),
      log: (level, facts, message) => this.#deps.logger[level]({ ...name, ...facts }, message),
      callbackRejected: ({ call, callback }, error) =>
        this.#deps.emit({ type: 'callbackRejected', ...name, call, callback, error }),
      everyFailed: (error) => this.#deps.emit({ type: 'everyFailed', ...name, error }),
      closeFailed: (error) => this.#deps.emit({ type: 'hookFailed', error }),
      saveKept: (image) => version.activity.save(image),
      output: (stream, text) => this.#deps.emit({ type: 'output', ...name, stream, text }),
    };
    return surface as unknown as Methods;
  }

  /** Repeats on `extension` the registrations that a version made on an earlier one. @throws LiveswapError `HOOK_FAILED` */
  replayTo(extension: object, version: Version): Promise<void> {
    return this.#replay.replayTo(extension, version);
  }

  #run(version: Version, [wire]: unknown[], call: NestedCall): Promise<unknown> {
    const job = jobOf(wire);
    return keepingData(job, () => this.#callLive(version, Scope.run, job.type, [job], call));
  }

  #callLive(
    version: Version,
    scope: Scope,
    name: string,
    args: unknown[],
    { signal, chain }: NestedCall,
  ): Promise<unknown> {
    const { access, generation } = this.#viewOf(version);
    if (access === 'closed') {
      throw new LiveswapError(
        'VAULT_NOT_READY',
        `${version} cannot call ${name} yet: live functions can be called from onInit on, when every plugin is loaded.`,
        { plugin: version.plugin, version: version.id, call: name },
      );
    }
    const settled = this.#pinnedTo(chain) ?? this.#deps.tableFor(version, name);
    const table = access === 'open' ? generation : settled;
    const options = { signal };
    return this.#deps.dispatcher.call({ scope, name, args, options, nested: true, chain }, table);
  }

  /** Calls an export of an exclusive plugin. Such calls go through the host, which knows the active version. */
  #callImport(
    version: Version,
    name: string,
    args: unknown[],
    { signal, chain }: NestedCall,
  ): Promise<unknown> {
    const [method, plugin] = splitAt(name, name.indexOf(' '));
    const dependency = version.dependencies.get(keyOf(plugin));
    if (!dependency?.exclusive) {
      throw new LiveswapError('FUNCTION_UNKNOWN', `${version} does not import ${plugin}.`, { call: method });
    }
    const request = { scope: Scope.export, name: method, args, options: { signal }, nested: true, chain };
    const call = dependency.prepare(request, true);
    dependency.balancer.dispatch(call);
    return call.promise;
  }

  /** Returns the generation of a pinned call: nested calls stay in it as long as somebody holds it. */
  #pinnedTo(chain: Chain): Generation | undefined {
    const id = pinOf(chain);
    return id === undefined ? undefined : this.#deps.findGeneration(id);
  }

  #viewOf(version: Version): VaultView {
    const view = this.#views.get(version);
    if (view) return view;
    throw new LiveswapError('INTERNAL', `${version} runs outside any generation.`);
  }
}

function splitAt(text: string, at: number): [string, string] {
  return [text.slice(0, at), text.slice(at + 1)];
}
