import { messageOf } from '../core/errors.js';
import type { PeerAddresses } from '../core/peer-addresses.js';
import type { ContextFacts, ListenAddress, ListenRequest } from './listen.js';

/** Settings of an app in its threads. */
export interface AppOptions {
  /** Milliseconds that a thread of a draining version lives on after its last request. */
  readonly lingerMs: number;
  /** Milliseconds that the app's own handlers of its end may take. */
  readonly shutdownMs: number;
  /** Absolute path of the folder that the app's files are in on this machine. */
  readonly root: string;
  /** Absolute paths of the sockets and pipes on which the host listens for the app. */
  readonly sockets: readonly string[];
  /** Arguments in `process.argv` after the entry, in place of those in its artifact. */
  readonly args?: readonly string[];
}

/** Notes that a thread of an app sends to the host besides bytes. `ask` numbers requests and their answers. */
export type AppNote =
  /** All bytes sent before the host's `fence` have begun, or were given back. */
  | { readonly kind: 'fence' }
  /** For an address without a host name, the thread also blocks until `awaited` holds the answer: see `awaited-answer.ts`. */
  | {
      readonly kind: 'listen';
      readonly ask: number;
      readonly request: ListenRequest;
      readonly awaited?: SharedArrayBuffer;
    }
  /** For a Unix socket or pipe, the thread also blocks until `awaited` holds an answer. */
  | { readonly kind: 'close'; readonly key: string; readonly awaited?: SharedArrayBuffer }
  /** The settings of a listening server have changed. */
  | { readonly kind: 'renew'; readonly key: string; readonly request: ListenRequest }
  /** The context that the host asked for; `undefined` means the default one. */
  | {
      readonly kind: 'context';
      readonly ask: number;
      readonly context?: ContextFacts;
      readonly error?: PlatformError;
    }
  /** The entry has been evaluated, and its requests to listen are answered. */
  | { readonly kind: 'ready' }
  /** The entry threw; `place` is in the app's own files, as `file` or `file:line`, where the stack of `error` names none. */
  | { readonly kind: 'failed'; readonly error: PlatformError; readonly place: string | undefined }
  /** Requests were answered: for each one its milliseconds, and 1 if the server failed. */
  | { readonly kind: 'requests'; readonly ended: readonly number[] }
  /** Absolute path of a loaded module of the app that is not one of the version's files. */
  | { readonly kind: 'joined'; readonly path: string }
  /** A file of the running copy is missing. A thread blocks until `awaited` holds {@link OtherCopy}. */
  | { readonly kind: 'missing'; readonly awaited: SharedArrayBuffer }
  /** The thread blocks until `done` holds a {@link ProcessOutcome}. */
  | { readonly kind: 'process'; readonly change: ProcessChange; readonly done: Int32Array };

/** Another copy of the artifact, as a `file:` URL; `undefined` if none could be written. */
export interface OtherCopy {
  readonly url?: string | undefined;
}

/** A change of the process that a thread cannot make by itself. */
export type ProcessChange =
  | { readonly what: 'cwd'; readonly to: string }
  | { readonly what: 'umask'; readonly to: number }
  | { readonly what: 'title'; readonly to: string };

export const ProcessOutcome = { waiting: 0, changed: 1, refused: 2 } as const;

/** Answers and notes of the host. */
export type AppAnswer =
  /** No request after this mark begins in the thread. */
  | { readonly kind: 'fence' }
  /** The host listens at its end of the tunnel: the entry may run. See `evaluating-file.ts` for `evaluating`. */
  | { readonly kind: 'run'; readonly evaluating: SharedArrayBuffer }
  | {
      readonly kind: 'listening';
      readonly ask: number;
      readonly key: string;
      readonly address: ListenAddress;
    }
  | { readonly kind: 'refused'; readonly ask: number; readonly error: PlatformError }
  /** Asks for the TLS context that the server of this address has for a name. */
  | { readonly kind: 'context'; readonly ask: number; readonly key: string; readonly servername: string }
  /** The TLS handshake between a peer and the server of this address failed. */
  | {
      readonly kind: 'handshakeFailed';
      readonly key: string;
      readonly error: PlatformError;
      readonly peer: PeerAddresses;
    }
  /**
   * The thread's version is not current any more. With `alone`, only one version may run, so connections on which no requests are
   * read end.
   */
  | { readonly kind: 'replaced'; readonly isFirst: boolean; readonly alone: boolean }
  /** The app ends: there will be no more connections. */
  | { readonly kind: 'closing' };

/** An error of the platform or of the app, with the properties that identify it. */
export interface PlatformError {
  readonly name?: string | undefined;
  readonly message: string;
  readonly stack?: string | undefined;
  readonly code?: string | undefined;
  readonly errno?: number | undefined;
  readonly syscall?: string | undefined;
  readonly address?: string | undefined;
  readonly port?: number | undefined;
  readonly hostname?: string | undefined;
}

/** Returns the facts of an error in the form in which they cross. */
export function errorFacts(error: unknown): PlatformError {
  if (!(error instanceof Error)) return { message: messageOf(error) };
  const { name, message, stack } = error;
  const { code, errno, syscall, address, port, hostname } = error as Error & PlatformError;
  return { name, message, stack, code, errno, syscall, address, port, hostname };
}

/** Recreates an error from its facts. */
export function errorOfFacts({ message, name, stack, ...facts }: PlatformError): Error {
  const error = Object.assign(new Error(message), facts);
  if (stack !== undefined) error.stack = stack;
  if (name !== undefined && name !== 'Error')
    Object.defineProperty(error, 'name', { value: name, configurable: true, writable: true });
  return error;
}
