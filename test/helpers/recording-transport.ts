import type { LiveswapError } from '../../lib/core/errors.js';
import type { Call } from '../../lib/dispatch/call.js';
import type { Transport } from '../../lib/dispatch/connection.js';

/** A transport that sends calls nowhere: a test answers them. */
export class RecordingTransport implements Transport {
  readonly sent: Call[] = [];
  /** The arguments of each call, as they were when it was sent. */
  readonly args: (readonly unknown[])[] = [];
  /** Error with which every call is refused as soon as it is sent, as by a closed link. */
  refusal: LiveswapError | undefined;
  readonly aborted: { readonly call: Call | undefined; readonly reason: unknown }[] = [];

  get names(): string[] {
    return this.sent.map((call) => call.name);
  }

  send(
    _scope: number,
    _name: string,
    args: readonly unknown[],
    _transfer: readonly unknown[],
    call: Call,
  ): number {
    const id = this.sent.push(call);
    this.args.push(args);
    if (this.refusal) call.reject(this.refusal);
    return id;
  }

  abort(id: number, reason: unknown): void {
    this.aborted.push({ call: this.sent[id - 1], reason });
  }

  /** Answers the call that was sent first of those without an answer. */
  answer(value?: unknown): void {
    this.sent.find(isPending)?.resolve(value);
  }

  /** Rejects the pending calls, as a link does when its thread has died. */
  die(error: unknown): void {
    for (const call of this.sent.filter(isPending)) call.reject(error);
  }
}

function isPending({ state }: Call): boolean {
  return state.kind === 'sent' || state.kind === 'givenUp';
}
