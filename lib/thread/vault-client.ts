import type { RemoteObject } from '../link/remote-object.js';
import type { Link, Reply } from '../link/link.js';
import { Scope } from '../link/protocol.js';
import { liveTable, methodsOf } from '../plugin/live-table.js';
import type { DataBag, Vault } from '../plugin/vault.js';

/** The vault as a thread sees it: everything in it is the host's, across the link. */
export function createVaultClient(link: Link): Vault {
  const send = (scope: Scope, name: string, args: unknown[]): Promise<unknown> =>
    new Promise(
      (resolve, reject) => void link.send(scope, name, args, [], { resolve, reject } satisfies Reply),
    );
  const call = (name: string, ...args: unknown[]): Promise<unknown> => send(Scope.vault, name, args);
  return {
    call,
    run: (data) => send(Scope.vaultRun, '', [data]),
    live: liveTable((name, args) => send(Scope.vault, name, args)),
    dataBag: createDataBagClient(link.surface()),
    extension: methodsOf((name, args) => send(Scope.extension, name, args)),
  };
}

function createDataBagClient(host: RemoteObject): DataBag {
  return {
    get: (key) => host.call('bagGet', [key]),
    set: async (key, value) => void (await host.call('bagSet', [key, value])),
    has: (key) => host.call('bagHas', [key]) as Promise<boolean>,
    delete: (key) => host.call('bagDelete', [key]) as Promise<boolean>,
    keys: () => host.call('bagKeys', []) as Promise<string[]>,
  };
}
