import { withDeadline } from '../core/deadline.js';
import { LiveswapError, messageOf } from '../core/errors.js';
import type { Dispatcher } from '../dispatch/dispatcher.js';
import type { Methods } from '../link/channel-object.js';
import type { IncomingCall } from '../link/incoming-call.js';
import { Scope } from '../link/protocol.js';
import type { SwapEvent } from '../observe/events.js';
import type { Logger } from '../core/logger.js';
import type { ThreadHandle } from '../version/thread-handle.js';
import type { Version } from '../version/version.js';
import type { VersionHost } from '../version/version-host.js';
import type { BagView } from './host-bag.js';
import type { HostSurface } from '../surface/host-surface.js';
import type { Generation } from './generation.js';
import { jobOf, keepingData } from './job.js';

/** Where a version is at home: the generation it was started for, or was last carried over to. */
export interface Home {
  readonly generation: Generation;
  readonly bag: BagView;
  readonly extension: object;
  /** `open` when every plugin of the generation is loaded, `current` once calls go to the newest generation. */
  readonly vault: 'closed' | 'open' | 'current';
}

/** A call that a version made to the extension while it came up: repeated on the extension of a generation it is carried to. */
interface Registration {
  readonly thread: ThreadHandle;
  readonly method: string;
  readonly args: readonly unknown[];
  /** The extension it was made with last. */
  extension: object;
}

/** What the swapper does for the threads of its versions: the vault, the extension, the log. */
export class VaultHost implements VersionHost<Version> {
  readonly emit: (event: SwapEvent) => void;
  readonly onFailed: (version: Version) => void;
  readonly #dispatcher: Dispatcher;
  readonly #logger: Logger;
  readonly #record: (plugin: string, ms: number, failed: boolean) => void;
  readonly #homes = new WeakMap<Version, Home>();
  readonly #registrations = new WeakMap<Version, Registration[]>();

  constructor(
    dispatcher: Dispatcher,
    logger: Logger,
    emit: (event: SwapEvent) => void,
    onFailed: (version: Version) => void,
    record: (plugin: string, ms: number, failed: boolean) => void,
  ) {
    this.#record = record;
    this.#dispatcher = dispatcher;
    this.#logger = logger;
    this.emit = emit;
    this.onFailed = onFailed;
  }

  onSettled(version: Version, ms: number, failed: boolean): void {
    this.#record(version.plugin, ms, failed);
  }

  settle(versions: Iterable<Version>, home: Home): void {
    for (const version of versions) this.#homes.set(version, home);
  }

  answer(
    version: Version,
    thread: ThreadHandle,
    scope: Scope,
    name: string,
    args: unknown[],
    call: IncomingCall,
  ): unknown {
    if (scope === Scope.extension) return this.#callExtension(version, thread, name, args);
    if (scope === Scope.vault) return this.#callLive(version, Scope.live, name, args, call);
    if (scope === Scope.vaultRun) return this.#run(version, args, call);
    throw new LiveswapError('FUNCTION_UNKNOWN', `The host answers no ${name}.`, { call: name });
  }

  surface(version: Version, thread: number): Methods {
    const bag = (): BagView => this.#homeOf(version).bag;
    const surface: HostSurface = {
      bagGet: (key) => bag().get(key),
      bagSet: (key, value) => bag().set(key, value),
      bagHas: (key) => bag().has(key),
      bagDelete: (key) => bag().delete(key),
      bagKeys: () => bag().keys(),
      log: (level, facts, message) =>
        this.#logger[level]({ plugin: version.plugin, version: version.id, thread, ...facts }, message),
      output: (stream, text) =>
        this.emit({ type: 'output', plugin: version.plugin, version: version.id, thread, stream, text }),
    };
    return surface as unknown as Methods;
  }

  /**
   * Repeats on `extension` what a version registered with an earlier one.
   * @throws LiveswapError `HOOK_FAILED` when a method of it fails, or does not settle within `startMs`, as it had to when it was called first
   */
  async repeatRegistrations(version: Version, extension: object): Promise<void> {
    for (const registration of this.#livingRegistrations(version)) {
      if (registration.extension === extension) continue;
      registration.extension = extension;
      await repeat(version, registration);
    }
  }

  #run(version: Version, [wire]: unknown[], call: IncomingCall): Promise<unknown> {
    const job = jobOf(wire);
    return keepingData(job, () => this.#callLive(version, Scope.run, job.type, [job], call));
  }

  #callLive(
    version: Version,
    scope: Scope,
    name: string,
    args: unknown[],
    call: IncomingCall,
  ): Promise<unknown> {
    const { vault, generation } = this.#homeOf(version);
    if (vault === 'closed') {
      throw new LiveswapError(
        'VAULT_NOT_READY',
        `${version} cannot call ${name} yet: live functions can be called from onInit on, when every plugin is loaded.`,
        { plugin: version.plugin, version: version.id, call: name },
      );
    }
    const pinned = vault === 'open' ? generation : undefined;
    return this.#dispatcher.call(scope, name, args, { signal: call.signal }, pinned, true);
  }

  #callExtension(version: Version, thread: ThreadHandle, name: string, args: unknown[]): unknown {
    const { extension } = this.#homeOf(version);
    const method = methodOf(extension, name);
    if (version.isComingUp(thread)) {
      this.#livingRegistrations(version).push({ thread, method: name, args: [...args], extension });
    }
    return method(...args);
  }

  /** Those of threads that have not died: of the others, nothing is to be repeated, or kept. */
  #livingRegistrations(version: Version): Registration[] {
    const living = (this.#registrations.get(version) ?? []).filter(({ thread }) => !thread.death);
    this.#registrations.set(version, living);
    return living;
  }

  #homeOf(version: Version): Home {
    const home = this.#homes.get(version);
    if (home) return home;
    throw new LiveswapError('INTERNAL', `${version} runs outside any generation.`);
  }
}

async function repeat(version: Version, { extension, method, args }: Registration): Promise<void> {
  const { plugin, id } = version;
  const { startMs } = version.settings;
  const failed = (why: string, cause?: unknown): LiveswapError => {
    const message = `Cannot carry ${version} over: ${method}() of the new extension, which it had called as it came up, ${why}`;
    return new LiveswapError('HOOK_FAILED', message, { plugin, version: id, method, cause });
  };
  const late = failed(`did not settle within ${startMs} ms (startMs).`);
  try {
    const answer = (async () => methodOf(extension, method)(...args))();
    await withDeadline(answer, startMs, () => late);
  } catch (cause) {
    throw cause === late ? late : failed(`failed: ${messageOf(cause)}`, cause);
  }
}

/** A method of the host's own object. What every object inherits is not one. */
function methodOf(extension: object, name: string): (...args: readonly unknown[]) => unknown {
  const value: unknown = name in Object.prototype ? undefined : (extension as Record<string, unknown>)[name];
  if (typeof value === 'function') return (...args) => Reflect.apply(value, extension, args) as unknown;
  throw new LiveswapError('FUNCTION_UNKNOWN', `The extension has no method ${name}.`, { call: name });
}
