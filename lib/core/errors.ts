import { isNativeError } from 'node:util/types';
import type { FieldsOf } from './error-fields.js';
import { isObject } from './is-object.js';
import { shownValue } from './shown-value.js';

/** Every code of a {@link LiveswapError}, and when it is used. docs/errors.md tells what to do about each. */
export const errorCodes = {
  OPTION_INVALID: 'an option has a value that cannot be used',
  NOT_LOADED: 'a call before the first successful load',
  CLOSED: 'a call on a swapper, session or link that is closed',
  RETIRED: 'a call-back, iterator or stream of a version that has left, or of a thread that was replaced',

  NO_PLUGINS: 'the plugin folder is missing, or holds no artifact, or no source to build',
  PLUGIN_MISSING: 'a plugin that was requested by name does not exist',
  PLUGIN_DUPLICATE: 'two artifacts or folders claim one plugin name',
  ARTIFACT_UNREADABLE: 'an artifact cannot be read from disk',
  ARTIFACT_INVALID: 'a file is truncated, altered or foreign',
  ARTIFACT_FORMAT: 'an artifact was made by a liveswap with another format',
  COPY_FAILED: 'the copy of an artifact that threads run cannot be written',
  DEPENDENCY_UNKNOWN: 'a plugin imports one that does not exist',
  DEPENDENCY_CYCLE: 'plugins import each other in a cycle',
  DEPENDENCY_RELOADABLE: 'a non-reloadable plugin depends on a reloadable one',
  IMPORT_MISMATCH: 'a plugin needs a method that its dependency does not export, or exports differently',
  CONTRACT_BROKEN: 'a release breaks what a plugin or the host uses',
  VERSIONS_FULL: 'too many versions of a plugin are still up for another one',
  LIVE_DUPLICATE: 'two live functions or two live types of a generation share a name',
  LOAD_FAILED: 'a first load did not complete; the cause is the first failure',
  RELOAD_FAILED: 'a reload or rollback did not complete; the cause is the first failure',
  RELOAD_VETOED: 'onReload threw',
  BAG_CONFLICT: 'a hook wrote to the data bag a value derived from one that others have written since',
  START_FAILED: 'a thread of a new version did not come up',
  LIMIT_EXCEEDED: 'more threads than the process has room for: descriptors, memory maps, memory',
  START_TIMEOUT: 'a thread of a new version did not come up within startMs',
  HOOK_FAILED: 'a hook threw, or did not settle in time',
  YIELD_TIMEOUT: 'the work of an exclusive plugin did not end within yieldMs, so it cannot hand over',
  ROLLBACK_UNAVAILABLE: 'there is no earlier generation within reach',
  STATIC_LINKING: 'an operation that needs threads, on a statically linked swapper',

  FUNCTION_UNKNOWN: 'no live function, export or plugin function has this name',
  TYPE_UNKNOWN: 'no plugin owns this live type',
  HANDLE_MISSING: 'the live type has no handle() to run',
  SYMBOL_UNKNOWN: 'the root module exports no such symbol',
  VAULT_NOT_READY: 'the vault was used before every plugin was up',
  CALL_TIMEOUT: 'a call did not answer within timeoutMs',
  CALL_ABORTED: "the caller's signal was aborted",
  QUEUE_FULL: 'more than maxQueued calls are waiting for a plugin',
  THREAD_CRASHED: 'the thread that held a call died; the cause says why',
  VERSION_FAILED: 'the version crash-looped and there is nothing to go back to',
  DRAIN_TIMEOUT: 'a call was still pending drainMs after its version began to drain',
  NOT_CLONEABLE: 'an argument or a result cannot cross a thread',
  LIVE_DATA_INVALID: 'a value holds something that other versions cannot read',
  LIVE_DATA_MISMATCH: 'live data holds a field of another type than the newest class',

  BUILD_FAILED: 'the sources of a plugin have findings',
  CONTROL_FAILED: 'the control socket cannot be opened, or nobody answers on it',
  CONTROL_INVALID: 'a line on the control socket is not a command',
  WATCH_FAILED: 'files cannot be watched any more; the cause says why',
  INTERNAL: 'an invariant of liveswap itself was broken; please report it',
} as const;

/** A code of {@link errorCodes}. */
export type ErrorCode = keyof typeof errorCodes;

/** Structured facts of an error besides its message; `cause` is the underlying error. */
export interface ErrorFields {
  readonly cause?: unknown;
  /** Plugin in which the error happened. */
  readonly plugin?: string;
  /** Eight hexadecimal digits of the artifact's hash. */
  readonly version?: string;
  /** Index of the thread in its version, from 0. */
  readonly thread?: number;
  readonly [field: string]: unknown;
}

/** Mark on the errors of every copy of the class: an artifact that is linked statically brings its own. */
const brand = Symbol.for('liveswap.LiveswapError');

/**
 * The one error class of liveswap: match by `code`, read the fields, follow `cause`.
 *
 * @example
 * try { await swapper.call('live_charge', order); }
 * catch (error) { if (isLiveswapError(error, 'QUEUE_FULL')) return busy(); throw error; }
 */
export class LiveswapError extends Error {
  /** The same for all errors of the class; the code tells them apart. */
  override readonly name = 'LiveswapError';
  /** A key of {@link errorCodes}, by which to match. */
  readonly code: ErrorCode;
  /** Plugin in which the error happened. */
  declare readonly plugin?: string;
  /** Eight hexadecimal digits of the hash of its artifact. */
  declare readonly version?: string;
  /** Index of the thread in its version, from 0. */
  declare readonly thread?: number;
  readonly [field: string]: unknown;

  constructor(code: ErrorCode, message: string, fields: ErrorFields = {}) {
    const { cause, ...facts } = fields;
    super(withPage(message, code), cause === undefined ? undefined : { cause });
    this.code = code;
    Object.assign(this, facts);
  }

  /** Returns true for errors of another copy of the class, too. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    // A subclass has no mark of its own.
    if (this !== LiveswapError) return Function.prototype[Symbol.hasInstance].call(this, value);
    return typeof value === 'object' && value !== null && unlessThrown(() => brand in value);
  }

  /** The mark of every copy of the class. */
  get [brand](): true {
    return true;
  }

  /** Address of the page that tells what to do about each code; the message ends with it. */
  get page(): string {
    return PAGE;
  }
}

const PAGE = 'https://unpkg.com/liveswap/docs/errors.md';
const ending = new RegExp(`\\s\\(([A-Z_, ]+): ${PAGE.replaceAll('.', '\\.')}\\)`, 'g');
/** A full stop before punctuation of the message that quotes it: before an ending, or that of a foreign error at the very end. */
const quotedStop = new RegExp(`(?<=[^\\s./])\\.(?=${ending.source}[.;,]|\\.$)`, 'g');

/**
 * Returns a message that ends with the page, once, after its code and those of the causes that it quotes; a quoted sentence goes on
 * without its full stop. Plain JavaScript may give a message of any type.
 */
function withPage(given: unknown, code: ErrorCode): string {
  const message = String(given);
  const quoted = [...message.matchAll(ending)].flatMap(([, codes = '']) => codes.split(', '));
  const told = withoutPage(message.replaceAll(quotedStop, ''));
  const codes = [...new Set([code, ...quoted])].join(', ');
  return `${told}${told.includes('\n') ? '\n' : ' '}(${codes}: ${PAGE})`;
}

/** Returns the message of an error without its code and page. */
export function withoutPage(message: string): string {
  return message.replaceAll(ending, '');
}

/**
 * Returns whether `error` is a {@link LiveswapError}, with this `code` when one is given: then it has the fields of that code.
 *
 * @example
 * if (isLiveswapError(error, 'CALL_TIMEOUT')) retryAfter(error.timeoutMs);
 */
export function isLiveswapError<Code extends ErrorCode>(
  error: unknown,
  code: Code,
): error is LiveswapError & { readonly code: Code } & FieldsOf<Code>;
export function isLiveswapError(error: unknown, code?: ErrorCode): error is LiveswapError;
export function isLiveswapError(error: unknown, code?: ErrorCode): boolean {
  return error instanceof LiveswapError && (code === undefined || unlessThrown(() => error.code === code));
}

/** Returns false for a question that a value does not bear: anything may be thrown, a revoked proxy or one that throws included. */
function unlessThrown(ask: () => boolean): boolean {
  try {
    return ask();
  } catch {
    return false;
  }
}

/** Returns the message of an error, or a description in one line of any other thrown value. Never throws. */
export function messageOf(error: unknown): string {
  try {
    const isError = error instanceof Error || isNativeError(error);
    // Clients of databases and services reject with plain objects, whose own text is "[object Object]".
    if (isObject(error) && !isError) return shownValue(error);
    return String(isError ? error.message : error);
  } catch {
    return `a thrown ${typeof error}`;
  }
}

/**
 * Returns a copy of an error for one of several receivers, so that a change by one is not seen by the others. A value that is not
 * a {@link LiveswapError} is returned as it is.
 */
export function ownCopyOf(error: unknown): unknown {
  if (!(error instanceof LiveswapError)) return error;
  const { code, message, stack, cause, ...fields } = error;
  const copy = new LiveswapError(code, message, { ...fields, ...(cause !== undefined && { cause }) });
  Object.defineProperty(copy, 'stack', { value: stack, configurable: true, writable: true });
  return copy;
}
