import { EventEmitter, once } from 'node:events';
import type { LiveswapError } from '../core/errors.js';
import type { ListenAddress, ListenRequest } from '../surface/listen.js';
import { addressKey, isAddressInUse } from './address.js';
import { BookedAddress, type Listener } from './booked-address.js';
import type { OpenAddress } from './open-port.js';

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

/**
 * The addresses of an app. They belong to the app rather than to a version: the next version that listens on one finds the port
 * open, and connections change hands at the assignment, without a gap. A port that only the new version has is bound before the
 * assignment; a port that only the old one had is closed at the assignment. If a version wants another host for a port, and the
 * system does not allow both, the address moves there once everyone who may refuse the version has agreed.
 */
export class AddressBook<Taker extends object> {
  readonly #openAddress: OpenAddress<Taker>;
  readonly #entries = new Map<string, BookedAddress<Taker>>();
  readonly #events = new EventEmitter();
  #current: object | undefined;
  #lastName = 0;
  /** True while new connections wait: the ending version may close its servers, but the ports stay open for the next. */
  #isHeld = false;
  /** True when the app has ended: a thread that comes up for a dead one finds no port open, and opens none. */
  #isClosed = false;

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
    entry.enter(taker, listener);
    try {
      const { address } = await entry.opening;
      this.#claim(entry, taker, address, tell);
    } catch (error) {
      const inTheWay = isAddressInUse(error) ? this.#movable(listener) : undefined;
      if (!inTheWay) throw error;
      // The server may have been closed, or its thread be gone, while the port was tried.
      if (entry.at(taker)) await this.#waitAt(inTheWay, taker, listener, tell);
    }
  }

  /** Removes a thread. If it was one of the current version, the port stays open for its replacement, and connections wait. */
  leave(taker: Taker): void {
    for (const entry of this.#entries.values()) {
      if (entry.at(taker)?.version !== this.#current) this.#release(entry, taker);
      else entry.remove(taker);
    }
  }

  /** Returns the addresses of the current version that `version` lacks, as the current one asks for them. */
  missingFor(version: object): ListenRequest[] {
    return [...this.#entries.values()]
      .filter((entry) => entry.isCurrent && !entry.listenerOf(version) && !this.#isReplaced(entry, version))
      .map((entry) => this.#requestAt(entry) ?? entry.request);
  }

  /** Returns whether `version` listens anywhere. */
  isOpenFor(version: object): boolean {
    return [...this.#entries.values()].some((entry) => entry.isOpenFor(version));
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
    for (const entry of this.#entries.values()) await entry.moveFor(version);
  }

  /** Moves addresses back to the hosts of the current version, because the next one was refused. */
  stay(): void {
    for (const entry of this.#entries.values()) entry.stay();
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
    for (const entry of this.#entries.values()) entry.port?.board.switchTo(entry.takersOf(version));
  }

  /** Refuses connections to each address where no thread listens, until one does or another version takes over. */
  refuse(cause: LiveswapError): void {
    for (const entry of this.#entries.values())
      if (entry.isCurrent && !this.#requestAt(entry)) entry.port?.refuse(cause);
  }

  /** True while connections are refused and no thread of the current version listens anywhere. */
  get isRefusing(): boolean {
    const current = [...this.#entries.values()].filter(({ isCurrent }) => isCurrent);
    return current.some(({ port }) => port?.isRefusing) && !current.some((entry) => this.#requestAt(entry));
  }

  /** Performs the assignment: new connections go to `version` at once, open ones as soon as they are between two requests. */
  switchTo(version: object): void {
    this.#current = version;
    this.#isHeld = false;
    for (const entry of this.#entries.values()) {
      const takers = entry.takersOf(version);
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

  /** Closes every address, also those for which threads ask later. */
  closeAll(): void {
    this.#isClosed = true;
    this.#current = undefined;
    for (const entry of this.#entries.values()) this.#shut(entry);
  }

  #claim(
    entry: BookedAddress<Taker>,
    taker: Taker,
    address: ListenAddress,
    tell: (claim: Claim) => void,
  ): void {
    this.#events.emit('claimed');
    const listener = entry.at(taker);
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
  #movable({ version, key, request: { port } }: Listener): BookedAddress<Taker> | undefined {
    if (version === this.#current || port === undefined) return undefined;
    return [...this.#entries.values()].find((entry) => {
      const known = entry.listenerOf(version);
      return entry.isCurrent && entry.request.port === port && (!known || known.key === key);
    });
  }

  /** Registers a thread on an address that will move to where the thread wants to listen. */
  async #waitAt(
    entry: BookedAddress<Taker>,
    taker: Taker,
    listener: Listener,
    tell: (claim: Claim) => void,
  ): Promise<void> {
    entry.enter(taker, listener);
    try {
      this.#claim(entry, taker, await this.#addressAt(listener.request), tell);
    } catch (error) {
      entry.remove(taker);
      throw error;
    }
  }

  /** Resolves to the address that a request will have once its port is free. Rejects if there is no such host here. */
  async #addressAt(request: ListenRequest): Promise<ListenAddress> {
    const probe = await this.#openAddress({ ...request, port: 0 }, '');
    const { address } = probe;
    probe.close();
    return typeof address === 'string' ? address : { ...address, port: request.port ?? 0 };
  }

  /** Returns whether the port of an address is open for `version` at another host, where the current version does not listen. */
  #isReplaced({ request: { port } }: BookedAddress<Taker>, version: object): boolean {
    return [...this.#entries.values()].some(
      (entry) => port && entry.request.port === port && !entry.isCurrent && entry.isOpenFor(version),
    );
  }

  /** Has an address be where the current version wants it. */
  #settle(entry: BookedAddress<Taker>, version: object): void {
    const { key } = entry;
    entry.settleFor(version);
    if (entry.key === key) return;
    this.#entries.delete(key);
    this.#entries.set(entry.key, entry);
  }

  #begin(key: string, request: ListenRequest): BookedAddress<Taker> {
    const name = String(++this.#lastName);
    const entry = new BookedAddress(name, key, request, this.#openAddress(request, name));
    this.#entries.set(key, entry);
    entry.opening.then(
      (port) => {
        entry.port = port;
        if (this.#isClosed || this.#entries.get(entry.key) !== entry) port.close();
      },
      () => {
        if (this.#entries.get(entry.key) === entry) this.#entries.delete(entry.key);
      },
    );
    return entry;
  }

  /** Returns the settings with which the current version listens there. */
  #requestAt(entry: BookedAddress<Taker>): ListenRequest | undefined {
    return this.#current && entry.listenerOf(this.#current)?.request;
  }

  #renew(entry: BookedAddress<Taker>, taker: Taker, request: ListenRequest): void {
    const listener = entry.at(taker);
    if (!listener) return;
    listener.request = request;
    if (listener.version === this.#current) entry.port?.renew(request);
  }

  #release(entry: BookedAddress<Taker>, taker: Taker): void {
    const version = entry.at(taker)?.version;
    if (version === undefined) return;
    entry.remove(taker);
    // The app has closed its last server there; servers of older versions do not keep the port open.
    if (version === this.#current && !this.#isHeld && !entry.listenerOf(version)) entry.isCurrent = false;
    // If the current version listens there, the end of an older one changes nothing, even while the current one has no thread
    // left.
    const isKept = entry.isCurrent && (this.#isHeld || version !== this.#current);
    if (entry.isDeserted && !isKept) this.#shut(entry);
  }

  #shut(entry: BookedAddress<Taker>): void {
    if (this.#entries.get(entry.key) === entry) this.#entries.delete(entry.key);
    entry.port?.close();
  }

  /**
   * Returns the key for a request. The n-th port 0 of a host stands for the same port as in the version before, if that had one.
   */
  #keyFor(taker: Taker, request: ListenRequest): string {
    let nth = 0;
    let key = addressKey(request, nth);
    while (request.port === 0 && this.#entries.get(key)?.at(taker)) key = addressKey(request, ++nth);
    return key;
  }
}
