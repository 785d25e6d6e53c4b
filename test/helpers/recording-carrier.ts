import type { Call } from '../../lib/dispatch/call.js';
import type { Carrier } from '../../lib/dispatch/lane.js';

/** Carries calls nowhere: a test answers them. */
export class RecordingCarrier implements Carrier {
  readonly sent: Call[] = [];
  readonly aborted: { readonly call: Call | undefined; readonly reason: unknown }[] = [];

  get names(): string[] {
    return this.sent.map((call) => call.name);
  }

  send(
    _scope: number,
    _name: string,
    _args: readonly unknown[],
    _transfer: readonly unknown[],
    call: Call,
  ): number {
    return this.sent.push(call);
  }

  abort(id: number, reason: unknown): void {
    this.aborted.push({ call: this.sent[id - 1], reason });
  }

  /** Answers the call that was sent first of those without an answer. */
  answer(value?: unknown): void {
    this.sent.find((call) => call.lane)?.resolve(value);
  }

  /** What a link does when its thread has died. */
  die(error: unknown): void {
    for (const call of this.sent.filter((one) => one.lane)) call.reject(error);
  }
}
