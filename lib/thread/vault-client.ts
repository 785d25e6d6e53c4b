import type { RemoteObject } from '../link/remote-object.js';
import { withChain, type Chain } from '../core/chain.js';
import { watchArguments } from '../core/node-stream.js';
import type { Link } from '../link/link.js';
import type { Reply } from '../link/outgoing-calls.js';
import { Scope } from '../link/protocol.js';
import { typedCall } from '../plugin/live-call.js';
import { liveTable, methodsOf } from '../plugin/live-table.js';
import type { DataBag, Vault } from '../plugin/vault.js';

/**
 * Creates the vault of a thread: its calls go to the host across the link. `chain` returns the chain of calls in progress where a
 * call is made.
 */
export function createVaultClient(link: Link, chain: () => Chain): Vault {
  const send = (scope: Scope, name: string, args: unknown[]): Promise<unknown> =>
    sendToHost(link, scope, name, args, chain());
  return {
    call: typedCall((name, args) => send(Scope.vault, name, args)),
    run: (data) => send(Scope.vaultRun, '', [data]) as Promise<never>,
    live: liveTable((name, args) => send(Scope.vault, name, args)),
    dataBag: createDataBagClient(link.surface()),
    extension: methodsOf((name, args) => send(Scope.extension, name, args)),
  };
}

/** Calls something that only the host can answer or pass on. */
export function sendToHost(
  link: Link,
  scope: Scope,
  name: string,
  args: unknown[],
  chain: Chain,
): Promise<unknown> {
  watchArguments(args);
  const address = withChain(scope, name, chain);
  return new Promise((resolve, reject) => {
    link.send(address.scope as Scope, address.name, args, [], { resolve, reject } satisfies Reply);
  });
}

function createDataBagClient(host: RemoteObject): DataBag {
  return {
    get: (key) => host.call('bagGet', [key]),
    set: async (key, value) => void (await host.call('bagSet', [key, value])),
    has: (key) => host.call('bagHas', [key]) as Promise<boolean>,
    delete: (key) => host.call('bagDelete', [key]) as Promise<boolean>,
    keys: () => host.call('bagKeys', []) as Promise<string[]>,
    update: (key, change) => host.call('bagUpdate', [key, change]) as Promise<never>,
  };
}
