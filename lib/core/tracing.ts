import type { Carrier } from './carrier.js';

/** A call, for its trace. */
export interface TracedCall {
  /** The plugin and the function that answer it, as `guardian/live_salute`. */
  readonly method: string;
  /** The plugin that answers. */
  readonly plugin: string;
  /** Eight hexadecimal digits of its artifact's hash. */
  readonly version: string;
  /** The current generation, or the one in which the call stays. */
  readonly generation: number | undefined;
  /** Carriers of the work in which live data among its arguments was made. */
  readonly origins: readonly Carrier[];
}

/** The trace of one call, where it is made. */
export interface CallTrace {
  /** Goes with the call, in place of the carrier that it had. */
  readonly carrier: Carrier;
  /** The call is sent to a thread: again when that has died and the call may be repeated. */
  sent(thread: number): void;
  /** The caller is told: the answer, or `error`. */
  end(error?: unknown): void;
}

/** Modules that a thread imports before its artifact, by URL. */
export interface TracingModules {
  /** Sets up the tracing SDK there; its default export may return `{ forceFlush }`. In process, the host has done so. */
  readonly setUp: string | undefined;
  /** Path of a module whose default export makes what traces a thread. */
  readonly spans: string;
}

/** Result of the set-up of a thread. */
export interface TracingSetUp {
  /** Sends what is not sent yet, before the thread ends. */
  forceFlush?(): unknown;
}

/** Traces what is called besides live functions: call-backs, exports and methods of the extension, at either end. */
export interface SideTracing {
  /** Calls `method`, as `guardian/onGate`, on behalf of whatever is active here. */
  call<Result>(method: string, send: () => Promise<Result>): Promise<Result>;
  /** Runs a call-back or a method of this side on behalf of its caller. */
  serveCallback<Result>(name: string, carrier: Carrier | undefined, run: () => Result): Result;
  /** Returns the carrier of what is sent from here. */
  inject(carrier: Carrier | undefined): Carrier | undefined;
  /** Returns what names the work that runs here, for live data that is made in it; `undefined` when nothing is traced. */
  origin(): Carrier | undefined;
}

/** Traces the calls of the host; see `liveswap/otel`. */
export interface Tracing extends SideTracing {
  /** Without it, threads make no spans, and pass on what they are given. */
  readonly thread: TracingModules | undefined;
  /** Begins the trace of a call that is made here, on behalf of whatever is active here, or else of what `carrier` names. */
  begin(call: TracedCall, carrier: Carrier | undefined): CallTrace;
  /** Traces the changes of a swapper: its events are what `on` tells. */
  observe(on: (listener: (event: { readonly type: string }) => void) => void): void;
}

/** A response of HTTP that is on its way when its handler has returned. */
export interface TracedResponse {
  readonly statusCode: number;
  /** False while not all of it has been handed over, and for ever when its client has gone. */
  readonly writableFinished: boolean;
  once(event: 'close', listener: () => void): unknown;
}

/** Traces the calls in one thread. */
export interface ThreadTracing extends SideTracing {
  /** Answers a call, unless something is traced there already: until `response` has ended, or what it answers with, a stream too. */
  serve<Result>(
    name: string,
    carrier: Carrier | undefined,
    run: () => Result,
    response?: TracedResponse,
  ): Result;
}

/** Makes the tracing of a thread of a plugin. */
export type CreateThreadTracing = (thread: {
  readonly plugin: string;
  readonly version: string;
  readonly thread: number;
}) => ThreadTracing;
