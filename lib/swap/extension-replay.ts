import { withDeadline } from '../core/deadline.js';
import { amongNames } from '../core/did-you-mean.js';
import { LiveswapError, messageOf } from '../core/errors.js';
import { methodNamesOf } from '../core/method-names.js';
import type { ThreadHandle } from '../version/thread-handle.js';
import type { Version } from '../version/version.js';

/** A call to the extension that a version made during startup and that passed a callback. */
interface Registration {
  readonly thread: ThreadHandle;
  readonly method: string;
  readonly args: readonly unknown[];
  /** The extension that the call was last made on. */
  extension: object;
}

/**
 * Calls the host's own object. An extension lives as long as its generation, but a version may live longer: registrations made
 * during startup are repeated on the extension of each generation that the version is carried over to. A registration is a call
 * that passed a callback; other calls, such as one that sends a mail, are not repeated.
 */
export class ExtensionReplay {
  readonly #registrations = new WeakMap<Version, Registration[]>();

  /** Calls a method on behalf of `thread`. @throws LiveswapError `FUNCTION_UNKNOWN` */
  call(extension: object, name: string, args: unknown[], version: Version, thread: ThreadHandle): unknown {
    const method = methodOf(extension, name);
    if (version.isComingUp(thread) && args.some((one) => typeof one === 'function')) {
      this.#livingOf(version).push({ thread, method: name, args: [...args], extension });
    }
    return method(...args);
  }

  /**
   * Repeats on `extension` the registrations that a version made on an earlier one.
   * @throws LiveswapError `HOOK_FAILED` when one of its methods fails or does not settle within `startMs`, which also limited the
   * first call
   */
  async replayTo(extension: object, version: Version): Promise<void> {
    for (const registration of this.#livingOf(version)) {
      if (registration.extension === extension) continue;
      registration.extension = extension;
      await repeat(version, registration);
    }
  }

  /** Returns the registrations of threads that are alive; those of dead threads are neither repeated nor kept. */
  #livingOf(version: Version): Registration[] {
    const living = (this.#registrations.get(version) ?? []).filter(({ thread }) => !thread.death);
    this.#registrations.set(version, living);
    return living;
  }
}

async function repeat(version: Version, { extension, method, args }: Registration): Promise<void> {
  const { plugin, id } = version;
  const { startMs } = version.settings;
  const failed = (why: string, cause?: unknown): LiveswapError => {
    const message = `Cannot carry ${version} over: ${method}() of the new extension, which it had called during its start, ${why}`;
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

/** Returns a method of the host's own object; methods that every object inherits do not count, unless it has its own. */
function methodOf(extension: object, name: string): (...args: readonly unknown[]) => unknown {
  const isOwn = !(name in Object.prototype) || methodNamesOf(extension).includes(name);
  const value: unknown = isOwn ? (extension as Record<string, unknown>)[name] : undefined;
  if (typeof value === 'function') return (...args) => Reflect.apply(value, extension, args) as unknown;
  const message = `The extension has no method ${name}${amongNames(name, methodNamesOf(extension), 'it has')}`;
  throw new LiveswapError('FUNCTION_UNKNOWN', message, { call: name });
}
