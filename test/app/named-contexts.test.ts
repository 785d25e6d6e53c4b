import type { SecureContext } from 'node:tls';
import { expect, test } from 'vitest';
import { NamedContexts } from '../../lib/app/named-contexts.js';
import type { Switchboard } from '../../lib/sockets/host/switchboard.js';
import type { Tunnel } from '../../lib/sockets/host/tunnel.js';
import type { AppAnswer } from '../../lib/surface/app-notes.js';

test('a context is kept while it is asked for; one that a server has made for a single handshake is not', async () => {
  const contexts = new NamedContexts();
  const tunnel = {
    note: ({ ask, servername }: Extract<AppAnswer, { readonly kind: 'context' }>): void =>
      contexts.answered(tunnel, { kind: 'context', ask, context: { id: Number(servername), options: {} } }),
  } as unknown as Tunnel;
  const board = { whenServed: () => Promise.resolve(tunnel) } as unknown as Switchboard;
  const contextOf = (id: number): Promise<SecureContext | undefined> =>
    contexts.of(board, 'gate', String(id));

  const kept = await contextOf(1);
  const single = await contextOf(2);
  for (let id = 3; id < 300; id++) {
    await contextOf(id);
    expect(await contextOf(1)).toBe(kept);
  }
  expect(await contextOf(2)).not.toBe(single);
});
