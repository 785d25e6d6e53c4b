import { EventEmitter, once } from 'node:events';
import type { ListenAddress, ListenRequest } from '../surface/listen.js';
import { addressInUse, addressKey, isAddressInUse } from './address.js';

/** Receives the connections of an address, and gives each to one of several threads. */
export interface Board<Taker> {
  /** Gives new connections to these threads from now on; the others release theirs. */
  switchTo(takers: Iterable<Taker>): void;
  add(taker: Taker): void;
  remove(taker: Taker): void;
}

/** An address that is open in the host. */
export interface OpenPort<Taker> {
  readonly address: ListenAddress;
  readonly board: Board<Taker>;
  /** Applies the settings of another server on the same address from now on, such as its certificate. */
  renew(request: ListenRequest): void;
  /**
   * Listens at the host of `request` instead, unless it does so already; connections stay. Rejects with the platform's error if
   * that address is not available, and listens where it did.
   */
  move(request: ListenRequest): Promise<void>;
  /** Stops accepting connections. */
  close(): void;
}

/** Opens an address. Rejects with the platform's error if it is not available. */
export type OpenAddress<Taker> = (request: ListenRequest, key: string) => Promise<OpenPort<Taker>>;

/** The registration of a thread on an address. */
export interface Claim {
  /** Name of the address, which its connections carry. */
  readonly key: string;
  readonly address: ListenAddress;
  /** The settings of the thread's server have changed; they apply while its version is current. */
  renew(request: ListenRequest): void;
  /** The thread's server is closed. The port is closed with the last server of the current version. Idempotent. */
  release(): void;
}

/** A thread that listens on an address. */
interface Listener {
  readonly version: object;
  /** Key of the address that it asked for. */
  readonly key: string;
  request: ListenRequest;
}

interface Entry<Taker> {
  /** Name of the address in its connections, which it keeps when it moves to another host. */
  readonly name: string;
  /** Key of the address. */
  key: string;
  request: ListenRequest;
  readonly opening: Promise<OpenPort<Taker>>;
  port: OpenPort<Taker> | undefined;
  readonly listeners: Map<Taker, Listener>;
  /** True when the current version listens here. */
  isCurrent: boolean;
}

/**
 * The addresses of an app. They belong to the app rather than to a version: the next version that listens on one finds the port
 * open, and connections change hands at the assignment, without a gap. A port that only the new version has is bound before the
 * assignment; a port that only the old one had is closed at the assignment. If a version wants another host for a port, and the
 * system does not allow both, the address moves there once nothing else can refuse the version.
 */
export class AddressBook<Taker extends object> {
  readonly #openAddress: OpenAddress<Taker>;
  readonly #entries = new Map<string, Entry<Taker>>();
  readonly #events = new EventEmitter();
  #current: object | undefined;
  #lastName = 0;
  /** True while new connections wait: the ending version may close its servers, but the ports stay open for the next. */
  #isHeld = false;

  constructor(openAddress: OpenAddress<Taker>) {
    this.#openAddress = openAddress;
  }

  /**
   * Registers a thread of `version` on an address. `tell` receives the address before the first connection.
   * @throws an error with the code `EADDRINUSE` if it listens there already, and the platform's own errors.
   */
  async listen(
    taker: Taker,
    version: object,
    request: ListenRequest,
    tell: (claim: Claim) => void,
  ): Promise<void> {
    const key = this.#keyFor(taker, request);
    const entry = this.#entries.get(key) ?? this.#begin(key, request);
    const listener = { version, key, request };
    this.#enter(entry, taker, listener);
    try {
      const { address } = await entry.opening;
      this.#claim(entry, taker, address, tell);
    } catch (error) {
      const inTheWay = isAddressInUse(error) ? this.#movable(listener) : undefined;
      if (!inTheWay) throw error;
      this.#enter(inTheWay, taker, listener);
      const address = await this.#addressAt(request);
      this.#claim(inTheWay, taker, address, tell);
    }
  }

  /** Removes a thread. If it was one of the current version, the port stays open for its replacement, and connections wait. */
  leave(taker: Taker): void {
    for (const entry of this.#entries.values()) {
      if (entry.listeners.get(taker)?.version !== this.#current) this.#release(entry, taker);
      else {
        entry.listeners.delete(taker);
        entry.port?.board.remove(taker);
      }
    }
  }

  /** Returns the addresses of the current version that `version` lacks, as the current one asks for them. */
  missingFor(version: object): ListenRequest[] {
    return [...this.#entries.values()]
      .filter(
        (entry) =>
          entry.isCurrent && !hasListener(entry.listeners, version) && !this.#isReplaced(entry, version),
      )
      .map((entry) => this.#requestAt(entry) ?? entry.request);
  }

  /** Returns whether `version` listens anywhere. */
  isOpenFor(version: object): boolean {
    return [...this.#entries.values()].some(({ port, listeners }) => port && hasListener(listeners, version));
  }

  /** Resolves when `version` has every address of the current one. Rejects when `late` is aborted. */
  async whenNothingMissing(version: object, late: AbortSignal): Promise<void> {
    while (this.missingFor(version).length > 0) {
      late.throwIfAborted();
      await once(this.#events, 'claimed', { signal: late });
    }
  }

  /** The addresses on which the current version listens. */
  get open(): { readonly address: ListenAddress; readonly isEncrypted: boolean }[] {
    return [...this.#entries.values()]
      .filter(({ isCurrent }) => isCurrent)
      .flatMap((entry) => {
        const { port, request } = entry;
        const isEncrypted = (this.#requestAt(entry) ?? request).tls !== undefined;
        return port ? { address: port.address, isEncrypted } : [];
      });
  }

  /**
   * Moves addresses to the hosts that `version` wants for their ports. Connections still go to the current version. Rejects with
   * the platform's error if another process is in the way; call {@link stay} then.
   */
  async moveFor(version: object): Promise<void> {
    for (const entry of this.#entries.values()) {
      const listener = listenerOf(entry.listeners, version);
      if (listener && listener.key !== entry.key) await entry.port?.move(listener.request);
    }
  }

  /** Moves addresses back to the hosts of the current version, because the next one was refused. */
  stay(): void {
    for (const { port, request } of this.#entries.values()) port?.move(request).catch(() => {});
  }

  /** Makes new connections wait until {@link switchTo}, and existing ones as soon as they are between two requests. */
  hold(): void {
    this.#isHeld = true;
    for (const { port } of this.#entries.values()) port?.board.switchTo([]);
  }

  /**
   * Ends {@link hold}: waiting connections go to the threads of `version`, the current one, or to the next thread that listens.
   */
  resume(version: object): void {
    this.#isHeld = false;
    for (const { port, listeners } of this.#entries.values())
      port?.board.switchTo(takersOf(listeners, version));
  }

  /** Performs the assignment: new connections go to `version` at once, open ones as soon as they are between two requests. */
  switchTo(version: object): void {
    this.#current = version;
    this.#isHeld = false;
    for (const entry of this.#entries.values()) {
      const takers = takersOf(entry.listeners, version);
      if (takers.length === 0) this.#shut(entry);
      else {
        this.#settle(entry, version);
        entry.isCurrent = true;
        const first = this.#requestAt(entry);
        if (first) entry.port?.renew(first);
        entry.port?.board.switchTo(takers);
      }
    }
  }

  /** Closes every address. */
  closeAll(): void {
    for (const entry of this.#entries.values()) this.#shut(entry);
  }

  #enter(entry: Entry<Taker>, taker: Taker, listener: Listener): void {
    if (entry.listeners.has(taker)) throw addressInUse(listener.request);
    entry.listeners.set(taker, listener);
  }

  #claim(entry: Entry<Taker>, taker: Taker, address: ListenAddress, tell: (claim: Claim) => void): void {
    this.#events.emit('claimed');
    const listener = entry.listeners.get(taker);
    // The server may have been closed while the port was opened.
    if (!listener) return;
    tell({
      key: entry.name,
      address,
      renew: (next) => this.#renew(entry, taker, next),
      release: () => this.#release(entry, taker),
    });
    if (this.#current !== listener.version) return;
    entry.isCurrent = true;
    entry.port?.board.add(taker);
  }

  /** Returns the address of the current version that can move to where a thread of the next one wants to listen. */
  #movable({ version, key, request: { port } }: Listener): Entry<Taker> | undefined {
    if (version === this.#current || port === undefined) return undefined;
    return [...this.#entries.values()].find((entry) => {
      const known = listenerOf(entry.listeners, version);
      return entry.isCurrent && entry.request.port === port && (!known || known.key === key);
    });
  }

  /** Resolves to the address that a request will have once its port is free. Rejects if there is no such host here. */
  async #addressAt(request: ListenRequest): Promise<ListenAddress> {
    const probe = await this.#openAddress({ ...request, port: 0 }, '');
    const { address } = probe;
    probe.close();
    return typeof address === 'string' ? address : { ...address, port: request.port ?? 0 };
  }

  /** Returns whether `version` listens on the port of an address at another host, which the current version does not. */
  #isReplaced({ request: { port } }: Entry<Taker>, version: object): boolean {
    return [...this.#entries.values()].some(
      ({ request, listeners, isCurrent }) =>
        !isCurrent &&
        port !== undefined &&
        port > 0 &&
        request.port === port &&
        hasListener(listeners, version),
    );
  }

  /** Has an address be where the current version wants it. */
  #settle(entry: Entry<Taker>, version: object): void {
    const listener = listenerOf(entry.listeners, version);
    if (!listener || listener.key === entry.key) return;
    this.#entries.delete(entry.key);
    this.#entries.set(listener.key, entry);
    entry.key = listener.key;
    entry.request = listener.request;
    // A version that listens after its start was not waited for.
    entry.port?.move(listener.request).catch(() => {});
  }

  #begin(key: string, request: ListenRequest): Entry<Taker> {
    const name = String(++this.#lastName);
    const entry: Entry<Taker> = {
      name,
      key,
      request,
      opening: this.#openAddress(request, name),
      port: undefined,
      listeners: new Map(),
      isCurrent: false,
    };
    this.#entries.set(key, entry);
    entry.opening.then(
      (port) => {
        entry.port = port;
        if (this.#entries.get(entry.key) !== entry) port.close();
      },
      () => {
        if (this.#entries.get(entry.key) === entry) this.#entries.delete(entry.key);
      },
    );
    return entry;
  }

  /** Returns the settings with which the current version listens there. */
  #requestAt({ listeners }: Entry<Taker>): ListenRequest | undefined {
    return this.#current && listenerOf(listeners, this.#current)?.request;
  }

  #renew(entry: Entry<Taker>, taker: Taker, request: ListenRequest): void {
    const listener = entry.listeners.get(taker);
    if (!listener) return;
    listener.request = request;
    if (listener.version === this.#current) entry.port?.renew(request);
  }

  #release(entry: Entry<Taker>, taker: Taker): void {
    const version = entry.listeners.get(taker)?.version;
    if (version === undefined) return;
    entry.listeners.delete(taker);
    entry.port?.board.remove(taker);
    // The app has closed its last server there; servers of older versions do not keep the port open.
    if (version === this.#current && !this.#isHeld && !hasListener(entry.listeners, version))
      entry.isCurrent = false;
    // If the current version listens there, the end of an older one changes nothing, even while the current one has no thread
    // left.
    const isKept = entry.isCurrent && (this.#isHeld || version !== this.#current);
    if (entry.listeners.size === 0 && !isKept) this.#shut(entry);
  }

  #shut(entry: Entry<Taker>): void {
    if (this.#entries.get(entry.key) === entry) this.#entries.delete(entry.key);
    entry.port?.close();
  }

  /**
   * Returns the key for a request. The n-th port 0 of a host stands for the same port as in the version before, if that had one.
   */
  #keyFor(taker: Taker, request: ListenRequest): string {
    let nth = 0;
    let key = addressKey(request, nth);
    while (request.port === 0 && this.#entries.get(key)?.listeners.has(taker))
      key = addressKey(request, ++nth);
    return key;
  }
}

function takersOf<Taker>(listeners: ReadonlyMap<Taker, Listener>, version: object): Taker[] {
  return [...listeners].filter(([, listener]) => listener.version === version).map(([taker]) => taker);
}

function listenerOf(listeners: ReadonlyMap<object, Listener>, version: object): Listener | undefined {
  return [...listeners.values()].find((listener) => listener.version === version);
}

function hasListener(listeners: ReadonlyMap<object, Listener>, version: object): boolean {
  return listenerOf(listeners, version) !== undefined;
}
