import { withDeadline } from '../core/deadline.js';
import { LiveswapError, messageOf } from '../core/errors.js';
import type { ThreadHandle } from '../version/thread-handle.js';
import type { Version } from '../version/version.js';

/** A call that a version made to the extension while it came up, and that left a call-back there. */
interface Registration {
  readonly thread: ThreadHandle;
  readonly method: string;
  readonly args: readonly unknown[];
  /** The extension it was made with last. */
  extension: object;
}

/**
 * Calls of the host's own object. An extension lives as long as its generation, a version maybe longer: what it registered while
 * it came up is registered again with the extension of each generation that it is carried over to. A registration is a call
 * that passed a call-back; any other call, such as one that sends a mail, is not repeated.
 */
export class ExtensionReplay {
  readonly #registrations = new WeakMap<Version, Registration[]>();

  /** Calls a method for `thread`. @throws LiveswapError `FUNCTION_UNKNOWN` */
  call(extension: object, name: string, args: unknown[], version: Version, thread: ThreadHandle): unknown {
    const method = methodOf(extension, name);
    if (version.isComingUp(thread) && args.some((one) => typeof one === 'function')) {
      this.#livingOf(version).push({ thread, method: name, args: [...args], extension });
    }
    return method(...args);
  }

  /**
   * Repeats on `extension` what a version registered with an earlier one.
   * @throws LiveswapError `HOOK_FAILED` when a method of it fails, or does not settle within `startMs`, as it had to when it was called first
   */
  async replayTo(extension: object, version: Version): Promise<void> {
    for (const registration of this.#livingOf(version)) {
      if (registration.extension === extension) continue;
      registration.extension = extension;
      await repeat(version, registration);
    }
  }

  /** Those of threads that have not died: of the others, nothing is to be repeated, or kept. */
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
