import type { Carrier } from './carrier.js';

/** The facts about a call that its trace shows. */
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
  /** Travels with the call, in place of its own carrier. */
  readonly carrier: Carrier;
  /** The call is sent to a thread, possibly again after the death of the first. */
  sent(thread: number): void;
  /** The caller receives the answer, or `error`. */
  end(error?: unknown): void;
}

/** Modules that a thread imports before its artifact, by URL. */
export interface TracingModules {
  /** Sets up the tracing SDK there; its default export may return `{ forceFlush }`. In process, the host has done so. */
  readonly setUp: string | undefined;
  /** Path of a module whose default export makes the tracing of a thread. */
  readonly spans: string;
}

/** Result of the set-up of a thread. */
export interface TracingSetUp {
  /** Sends spans that are not sent yet, before the thread ends. */
  forceFlush?(): unknown;
}

/** Traces calls other than those of live functions, at either end: call-backs, exports, methods of the extension. */
export interface SideTracing {
  /** Calls `method`, for example `guardian/onGate`, on behalf of the active work. */
  call<Result>(method: string, send: () => Promise<Result>): Promise<Result>;
  /** Runs a call-back or a method of this side on behalf of its caller. */
  serveCallback<Result>(name: string, carrier: Carrier | undefined, run: () => Result): Result;
  /** Returns the carrier for messages that are sent from here. */
  inject(carrier: Carrier | undefined): Carrier | undefined;
  /**
   * Returns a carrier that identifies the work running here, for live data that is made in it; `undefined` when nothing is
   * traced.
   */
  origin(): Carrier | undefined;
}

/** Traces the calls of the host; see `liveswap/otel`. */
export interface Tracing extends SideTracing {
  /** Without it, threads make no spans and only pass on the carrier. */
  readonly thread: TracingModules | undefined;
  /**
   * Begins the trace of a call that is made here, on behalf of the active work, or else of the work that `carrier` identifies.
   */
  begin(call: TracedCall, carrier: Carrier | undefined): CallTrace;
  /** Traces the changes of a swapper, whose events arrive through `on`. */
  observe(on: (listener: (event: { readonly type: string }) => void) => void): void;
}

/** An HTTP response that may still be in progress when its handler has returned. */
export interface TracedResponse {
  readonly statusCode: number;
  /** True when all of it has been handed over; it stays false if the client has gone. */
  readonly writableFinished: boolean;
  once(event: 'close', listener: () => void): unknown;
}

/** Traces the calls in one thread. */
export interface ThreadTracing extends SideTracing {
  /**
   * Traces the answering of a call, unless something is traced there already. The trace ends with `response`, or with the answer,
   * which may be a stream.
   */
  serve<Result>(
    name: string,
    carrier: Carrier | undefined,
    run: () => Result,
    response?: TracedResponse,
  ): Result;
}

/** Makes the tracing for a thread of a plugin. */
export type CreateThreadTracing = (thread: {
  readonly plugin: string;
  readonly version: string;
  readonly thread: number;
}) => ThreadTracing;
