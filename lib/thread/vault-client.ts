import type { RemoteObject } from '../link/remote-object.js';
import { withChain, type Chain } from '../core/chain.js';
import { checkName } from '../core/check-name.js';
import { watchArguments } from '../core/node-stream.js';
import type { Link } from '../link/link.js';
import type { Reply } from '../link/outgoing-calls.js';
import { Scope } from '../link/protocol.js';
import { typedCall } from '../plugin/live-call.js';
import { liveTable, methodsOf } from '../plugin/live-table.js';
import type { DataBag, Vault } from '../plugin/vault.js';
import type { RunningWork } from './running-work.js';

/** Creates the vault of a thread: its calls go to the host across the link, as part of the work in which they are made. */
export function createVaultClient(link: Link, running: Pick<RunningWork, 'ask' | 'chain'>): Vault {
  // The host traces the calls that it passes on.
  const send = (scope: Scope, name: string, args: unknown[]): Promise<unknown> =>
    sendToHost(link, scope, name, args, running.chain);
  const ask = (name: string, args: unknown[]): Promise<unknown> =>
    running.ask('host', name, (chain) => sendToHost(link, Scope.extension, name, args, chain));
  return {
    call: typedCall((name, args) => send(Scope.vault, name, args)),
    run: (data) => send(Scope.vaultRun, '', [data]) as Promise<never>,
    live: liveTable((name, args) => send(Scope.vault, name, args)),
    dataBag: createDataBagClient(link.surface()),
    extension: methodsOf(ask),
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
  return new Promise((resolve, reject) => {
    checkName(name);
    const address = withChain(scope, name, chain);
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
