import type { ChannelObject } from '../link/channel-object.js';
import type { Link, Reply } from '../link/link.js';
import { Scope } from '../link/protocol.js';
import type { DataBag, LiveTable, Vault } from './vault.js';

/** What a thread may ask of the host over Comlink; the host's side of {@link DataBag} and of the log. */
export interface HostSurface {
  bagGet(key: string): unknown;
  bagSet(key: string, value: unknown): void;
  bagHas(key: string): boolean;
  bagDelete(key: string): boolean;
  bagKeys(): string[];
  log(level: 'debug' | 'info' | 'warn' | 'error', facts: object, message?: string): void;
  output(stream: 'stdout' | 'stderr', text: string): void;
}

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

/** Every live function as a method, and the same again, typed, when called. */
export function liveTable(call: (name: string, args: unknown[]) => Promise<unknown>): Vault['live'] {
  const table = methodsOf(call, () => table) as LiveTable & (() => never);
  return table;
}

/** An object that has every method: each calls `call` with its own name. */
function methodsOf(
  call: (name: string, args: unknown[]) => Promise<unknown>,
  target: () => unknown = () => undefined,
): object {
  const methods = new Map<string, (...args: unknown[]) => Promise<unknown>>();
  return new Proxy(target, {
    get(_target, name) {
      // Something that answers to `then` would be taken for a promise when awaited.
      if (typeof name !== 'string' || name === 'then') return undefined;
      let method = methods.get(name);
      if (!method) {
        method = (...args) => call(name, args);
        methods.set(name, method);
      }
      return method;
    },
  });
}

function createDataBagClient(host: ChannelObject): DataBag {
  return {
    get: (key) => host.call('bagGet', [key]),
    set: async (key, value) => void (await host.call('bagSet', [key, value])),
    has: (key) => host.call('bagHas', [key]) as Promise<boolean>,
    delete: (key) => host.call('bagDelete', [key]) as Promise<boolean>,
    keys: () => host.call('bagKeys', []) as Promise<string[]>,
  };
}
