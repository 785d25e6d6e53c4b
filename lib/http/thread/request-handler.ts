import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout, clearTimeout } from '../../core/timers.js';
import { IncomingCall } from '../../link/incoming-call.js';
import type { ServiceHost } from '../../thread/services.js';
import type { ThreadHttpOptions } from '../thread-options.js';
import { CARRIER_HEADER, readCarrier } from '../carrier-header.js';
import { clientGone, tooLate } from './abort-reasons.js';
import { answerStatus } from './answer.js';
import { answeringOf, type Answering } from './answering.js';
import { dropForged, dropHeaders } from './drop-headers.js';
import { fetchHandler } from './fetch-handler.js';
import { labelOf } from './label-of.js';
import { limitBody } from './limit-body.js';
import { RequestGate } from './request-gate.js';
import type { RequestLog } from './request-log.js';
import type { ResolvedApp } from './resolve-app.js';

/**
 * Answers requests with a plugin's app, each as a call of the plugin: it is counted and bounded, and answered with 500 when the
 * app throws.
 */
export class RequestHandler {
  readonly #answering: Answering;
  readonly #host: ServiceHost;
  readonly #options: ThreadHttpOptions;
  readonly #log: RequestLog;
  readonly #gate: RequestGate;
  #onLogged: () => void = () => {};

  constructor(app: ResolvedApp, host: ServiceHost, options: ThreadHttpOptions, log: RequestLog) {
    this.#answering = app.handle
      ? answeringOf(app.handle, host.exclusive)
      : fetchHandler(app.fetch as NonNullable<ResolvedApp['fetch']>, host, options);
    this.#host = host;
    this.#options = options;
    this.#log = log;
    this.#gate = new RequestGate(host.limits);
  }

  /** Called when there is something new in the log. */
  set onLogged(onLogged: () => void) {
    this.#onLogged = onLogged;
  }

  handle(req: IncomingMessage, res: ServerResponse): void {
    const { timeoutMs, trustProxy, statuses } = this.#options;
    dropForged(req, trustProxy);
    const call = new IncomingCall(`http ${req.method}`);
    const end = this.#log.begin(call.name);
    // An error after the answer is the app's fault, and must not affect others.
    res.on('error', (error) =>
      this.#host.log.warn({ err: error, url: req.url }, `${req.method} of ${this.#host.plugin} went wrong.`),
    );
    this.#onLogged();
    const release = this.#host.hold();
    const late = (): void => {
      if (!res.writableEnded) call.abort(tooLate(call.name, timeoutMs as number));
      answerStatus(res, statuses.late);
    };
    const timer = timeoutMs === undefined ? undefined : setTimeout(late, timeoutMs);
    let hasEntered = false;
    let settled: Promise<unknown> | undefined;
    const leaveGate = (): void => {
      if (!hasEntered) return;
      hasEntered = false;
      this.#gate.leave();
    };
    // A request that has begun here, or waits, cannot go to another thread.
    const stopRunning = this.#host.holdRunning(call.name);
    const returned = (): void => {
      stopRunning();
      // The next request must not wait for a slow client: a hand-over would wait for both.
      if (this.#host.exclusive) leaveGate();
    };
    const giveUp = this.#gate.enter(() => {
      hasEntered = true;
      settled = this.#answer(call, req, res, returned);
    });
    // Reading more of the waiting requests would be useless.
    if (!giveUp) answerStatus(res, statuses.full, { 'retry-after': '1' });
    res.once('close', () => {
      giveUp?.();
      leaveGate();
      const answered = res.writableFinished;
      clearTimeout(timer);
      if (!answered) call.abort(clientGone());
      end(!answered || res.statusCode >= 500);
      this.#onLogged();
      // A handler whose client has gone may still be at work.
      const letGo = (): void => {
        returned();
        release();
      };
      if (settled) void settled.then(letGo);
      else letGo();
    });
  }

  /** Returns a promise when the handler does; it resolves when the handler's promise has settled. */
  #answer(
    call: IncomingCall,
    req: IncomingMessage,
    res: ServerResponse,
    returned: () => void,
  ): Promise<unknown> | undefined {
    const carrier = readCarrier(req.headers, labelOf(req.socket).isParsed);
    if (req.headers[CARRIER_HEADER] !== undefined) dropHeaders(req, (name) => name === CARRIER_HEADER);
    const fail = (error: unknown): void => this.#fail(req, res, error);
    const work = (): Promise<unknown> | undefined => {
      if (limitBody(req, res, this.#options.maxBodyBytes)) return undefined;
      try {
        return this.#answering(req, res, returned)?.then(undefined, fail);
      } catch (error) {
        fail(error);
        return undefined;
      }
    };
    return this.#host.answer(call, work, carrier, res);
  }

  #fail(req: IncomingMessage, res: ServerResponse, error: unknown): void {
    // A client that has disconnected needs no answer.
    if (res.destroyed && !res.headersSent) return;
    this.#host.log.error(
      { err: error, method: req.method, url: req.url },
      `${req.method} of ${this.#host.plugin} failed.`,
    );
    answerStatus(res, this.#options.statuses.failed);
  }
}
