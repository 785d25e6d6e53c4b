import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { onTestFinished } from 'vitest';
import { Link, type LinkOptions } from '../../lib/link/link.js';
import { Scope } from '../../lib/link/protocol.js';

/** Functions that one end of a link answers with, by name. */
export type Answers = Readonly<Record<string, (...args: never[]) => unknown>>;

/** Two ends of a link on a real channel. The far end answers; the near one calls. */
export interface LinkPair {
  readonly near: Link;
  readonly far: Link;
  /** The near end's port, which hears a forger at the far end. */
  readonly nearPort: MessagePort;
  readonly farPort: MessagePort;
  /** Returns the number of things that the far end holds open. */
  readonly held: () => number;
  readonly call: (name: string, ...args: unknown[]) => Promise<unknown>;
  /** Like {@link call}, moving what is in `transfer`. */
  readonly callWith: (transfer: readonly unknown[], name: string, ...args: unknown[]) => Promise<unknown>;
}

/** Connects two links, and closes them when the running test is over. */
export function linkPair(answers: Answers, nearOptions: Partial<LinkOptions> = {}): LinkPair {
  const { port1, port2 } = new MessageChannel();
  let open = 0;
  const far = new Link(port2, {
    channels: 'odd',
    answer: (_scope, name, args) => (answers[name] as (...args: unknown[]) => unknown)(...args),
    hold: () => {
      open++;
      let held = true;
      return () => {
        if (held) open--;
        held = false;
      };
    },
  });
  const near = new Link(port1, { channels: 'even', answer: () => undefined, ...nearOptions });
  onTestFinished(() => {
    near.close(new Error('The test is over.'));
    far.close(new Error('The test is over.'));
  });
  const callWith = (transfer: readonly unknown[], name: string, ...args: unknown[]): Promise<unknown> =>
    new Promise((resolve, reject) => void near.send(Scope.live, name, args, transfer, { resolve, reject }));
  return {
    near,
    far,
    nearPort: port1,
    farPort: port2,
    held: () => open,
    call: (name, ...args) => callWith([], name, ...args),
    callWith,
  };
}
