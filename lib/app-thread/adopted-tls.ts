import { syncBuiltinESMExports } from 'node:module';
import tls, { Server as TlsServer, type SecureContext } from 'node:tls';
import type { ContextFacts, TlsRequest } from '../surface/listen.js';
import { notAdopted } from './not-adopted.js';

type Chosen = (error: Error | null, context?: SecureContext) => void;
type ChooseContext = (this: object, servername: string, done: Chosen) => void;

/** Undocumented properties of a TLS server. */
interface TlsServerParts {
  /** The context for names without one of their own. */
  readonly _sharedCreds: SecureContext;
  /** Contexts added by `addContext`. */
  readonly _contexts: readonly (readonly [pattern: RegExp, context: SecureContext])[];
  readonly requestCert: boolean;
  readonly rejectUnauthorized: boolean;
  readonly ALPNProtocols?: Uint8Array;
  readonly ALPNCallback?: unknown;
}

/** Methods that change the TLS settings of a server. */
const CHANGING = ['setSecureContext', 'addContext', 'setTicketKeys'] as const;

/**
 * TLS servers of the app, for which the host speaks TLS. A context cannot leave its thread, but the options from which it was
 * made can, so they are remembered.
 */
export class AdoptedTls {
  readonly #made = new WeakMap<object, ContextFacts>();
  readonly #ticketKeys = new WeakMap<TlsServer, Uint8Array>();
  #last = 0;

  /** @param onChanged receives each server whose settings the app has changed. */
  constructor(onChanged: (server: TlsServer) => void) {
    const create = tls.createSecureContext;
    tls.createSecureContext = (options = {}) => {
      const context = create(options);
      const facts = { id: ++this.#last, options: plainOf(options) };
      // Callers pass a whole context, or the native one inside.
      this.#made.set(context, facts);
      this.#made.set(context.context as object, facts);
      return context;
    };
    const prototype = TlsServer.prototype as unknown as Record<string, (...args: unknown[]) => unknown>;
    const ticketKeys = this.#ticketKeys;
    for (const name of CHANGING) {
      const original = prototype[name] as (...args: unknown[]) => unknown;
      prototype[name] = function (this: TlsServer, ...args: unknown[]) {
        const result = original.apply(this, args);
        if (name === 'setTicketKeys') ticketKeys.set(this, args[0] as Uint8Array);
        else if (name === 'setSecureContext') ticketKeys.delete(this);
        onChanged(this);
        return result;
      };
    }
    syncBuiltinESMExports();
  }

  /** Returns the settings that the host needs to speak for a server. @throws TypeError naming a setting that cannot cross */
  requestOf(server: TlsServer): TlsRequest {
    const parts = server as unknown as TlsServerParts;
    for (const name of ['ALPNCallback', 'pskcallback'])
      if (typeof settingOf(server, name) === 'function')
        throw notAdopted(`TLS servers with ${nameOf(name)}`, 'leave it out');
    const ticketKeys = this.#ticketKeys.get(server);
    const handshakeTimeout = settingOf(server, 'handshake-timeout') as number | undefined;
    return {
      options: {
        ...this.#factsOf(parts._sharedCreds).options,
        requestCert: parts.requestCert,
        rejectUnauthorized: parts.rejectUnauthorized,
        ...(parts.ALPNProtocols && { ALPNProtocols: Uint8Array.from(parts.ALPNProtocols) }),
        ...(handshakeTimeout !== undefined && { handshakeTimeout }),
        ...(ticketKeys && { ticketKeys }),
      },
      choosesByName: parts._contexts.length > 0 || settingOf(server, 'snicallback') !== undefined,
    };
  }

  /**
   * Resolves to the context that a server uses for a name, or to `undefined` for its default one. Rejects if its `SNICallback`
   * fails.
   */
  async contextFor(server: TlsServer, servername: string): Promise<ContextFacts | undefined> {
    const own = settingOf(server, 'snicallback') as ChooseContext | undefined;
    const context = own
      ? await new Promise<SecureContext | undefined>((resolve, reject) => {
          own.call({ server, servername }, servername, (error, chosen) =>
            error ? reject(error) : resolve(chosen),
          );
        })
      : addedContext(server, servername);
    return context ? this.#factsOf(context) : undefined;
  }

  #factsOf(context: SecureContext): ContextFacts {
    const facts = this.#made.get(context);
    if (facts) return facts;
    throw new TypeError('A TLS context has to be made by tls.createSecureContext().');
  }
}

/** Returns the options that can cross. */
function plainOf(options: object): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined && typeof value !== 'function'),
  );
}

/** Returns the context for a name, of several the one that was added last, as in a process. */
function addedContext(server: TlsServer, servername: string): SecureContext | undefined {
  const { _contexts: added } = server as unknown as TlsServerParts;
  return added.findLast(([pattern]) => pattern.test(servername))?.[1];
}

/** Returns a setting that the platform keeps under a symbol, or under its name. */
function settingOf(server: TlsServer, name: string): unknown {
  const symbol = Object.getOwnPropertySymbols(server).find(({ description }) => description === name);
  return Reflect.get(server, symbol ?? name) as unknown;
}

function nameOf(setting: string): string {
  return setting === 'pskcallback' ? 'pskCallback' : setting;
}
