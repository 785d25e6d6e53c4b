import { EventEmitter, once } from 'node:events';
import type { ListenAddress, ListenRequest } from '../surface/listen.js';
import { addressInUse, addressKey } from './address.js';

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
  request: ListenRequest;
}

interface Entry<Taker> {
  readonly request: ListenRequest;
  readonly opening: Promise<OpenPort<Taker>>;
  port: OpenPort<Taker> | undefined;
  readonly listeners: Map<Taker, Listener>;
  /** True when the current version listens here. */
  isCurrent: boolean;
}

/**
 * The addresses of an app. They belong to the app rather than to a version: the next version that listens on one finds the port
 * open, and connections change hands at the assignment, without a gap. A port that only the new version has is bound before the
 * assignment; a port that only the old one had is closed at the assignment.
 */
export class AddressBook<Taker extends object> {
  readonly #openAddress: OpenAddress<Taker>;
  readonly #entries = new Map<string, Entry<Taker>>();
  readonly #events = new EventEmitter();
  #current: object | undefined;
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
    if (entry.listeners.has(taker)) throw addressInUse(request);
    entry.listeners.set(taker, { version, request });
    const { address, board } = await entry.opening;
    this.#events.emit('claimed');
    // The server may have been closed while the port was opened.
    if (!entry.listeners.has(taker)) return;
    tell({
      key,
      address,
      renew: (next) => this.#renew(entry, taker, next),
      release: () => this.#release(key, entry, taker),
    });
    if (this.#current !== version) return;
    entry.isCurrent = true;
    board.add(taker);
  }

  /** Removes a thread. If it was one of the current version, the port stays open for its replacement, and connections wait. */
  leave(taker: Taker): void {
    for (const [key, entry] of this.#entries) {
      if (entry.listeners.get(taker)?.version !== this.#current) this.#release(key, entry, taker);
      else {
        entry.listeners.delete(taker);
        entry.port?.board.remove(taker);
      }
    }
  }

  /** Returns the addresses of the current version that `version` lacks, as the current one asks for them. */
  missingFor(version: object): ListenRequest[] {
    return [...this.#entries.values()]
      .filter(({ listeners, isCurrent }) => isCurrent && !hasListener(listeners, version))
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
    for (const [key, entry] of this.#entries) {
      const takers = takersOf(entry.listeners, version);
      if (takers.length === 0) this.#shut(key, entry);
      else {
        entry.isCurrent = true;
        const first = this.#requestAt(entry);
        if (first) entry.port?.renew(first);
        entry.port?.board.switchTo(takers);
      }
    }
  }

  /** Closes every address. */
  closeAll(): void {
    for (const [key, entry] of this.#entries) this.#shut(key, entry);
  }

  #begin(key: string, request: ListenRequest): Entry<Taker> {
    const entry: Entry<Taker> = {
      request,
      opening: this.#openAddress(request, key),
      port: undefined,
      listeners: new Map(),
      isCurrent: false,
    };
    this.#entries.set(key, entry);
    entry.opening.then(
      (port) => {
        entry.port = port;
        if (this.#entries.get(key) !== entry) port.close();
      },
      () => {
        if (this.#entries.get(key) === entry) this.#entries.delete(key);
      },
    );
    return entry;
  }

  /** Returns the settings with which the current version listens there. */
  #requestAt({ listeners }: Entry<Taker>): ListenRequest | undefined {
    return [...listeners.values()].find(({ version }) => version === this.#current)?.request;
  }

  #renew(entry: Entry<Taker>, taker: Taker, request: ListenRequest): void {
    const listener = entry.listeners.get(taker);
    if (!listener) return;
    listener.request = request;
    if (listener.version === this.#current) entry.port?.renew(request);
  }

  #release(key: string, entry: Entry<Taker>, taker: Taker): void {
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
    if (entry.listeners.size === 0 && !isKept) this.#shut(key, entry);
  }

  #shut(key: string, entry: Entry<Taker>): void {
    if (this.#entries.get(key) === entry) this.#entries.delete(key);
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

function hasListener(listeners: ReadonlyMap<object, Listener>, version: object): boolean {
  return [...listeners.values()].some((listener) => listener.version === version);
}
