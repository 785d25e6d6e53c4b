import type { MessagePort } from 'node:worker_threads';
import { messageOf } from '../core/errors.js';
import { setTimeout } from '../core/timers.js';
import { Fence } from '../sockets/host/fence.js';
import { Tunnel } from '../sockets/host/tunnel.js';
import { giveAnswer } from '../surface/awaited-answer.js';
import { evaluatingFileMemory, readEvaluatingFile } from '../surface/evaluating-file.js';
import {
  errorFacts,
  errorOfFacts,
  type AppAnswer,
  type AppNote,
  type OtherCopy,
} from '../surface/app-notes.js';
import { titleOf } from '../manifest/runnable-artifact.js';
import type { ThreadHandle } from '../version/thread-handle.js';
import type { Version } from '../version/version.js';
import type { AddressBook, Claim } from './address-book.js';
import { changeProcess } from './change-process.js';
import type { NamedContexts } from './named-contexts.js';
import { diedAtStart, entryThrew } from './start-refusal.js';

/** Longest time until the death of a thread whose port has closed is reported, in milliseconds. */
const SILENT_DEATH_MS = 1_000;

/** Dependencies of a {@link ServedThread}. */
export interface ServedThreadDeps {
  readonly version: Version;
  readonly handle: ThreadHandle;
  /** The host's end of the port to the app's part of the thread. */
  readonly port: MessagePort;
  readonly book: AddressBook<Tunnel>;
  readonly contexts: NamedContexts;
  /** Absolute path of the folder of the app's files. */
  readonly root: string;
  /** Logs a sentence for people. */
  readonly warn: (text: string) => void;
  /** Called with a module that was loaded although it is not a file of the version. */
  readonly onJoined: ((path: string) => void) | undefined;
}

/** The host's side of an app's thread: the tunnel to it, its addresses, and whether its entry has been evaluated. */
export class ServedThread {
  readonly tunnel: Tunnel;
  /** Resolves when the entry has been evaluated; rejects with its error, or with the reason why the thread is gone. */
  readonly ready: Promise<void>;
  readonly #deps: ServedThreadDeps;
  readonly #claims = new Map<string, Claim>();
  #settle!: { readonly resolve: () => void; readonly reject: (error: unknown) => void };
  readonly #gone = new AbortController();
  readonly #evaluating = evaluatingFileMemory();
  readonly fence = new Fence(() => this.tunnel);

  constructor(deps: ServedThreadDeps) {
    this.#deps = deps;
    const { version, handle, port, book } = deps;
    this.ready = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    // Possibly nobody waits for `ready`, because a replacement thread passes no gate.
    this.ready.catch(() => {});
    this.tunnel = new Tunnel(port, {
      hold: () => version.outsideWork.hold('connections'),
      note: (note) => this.#heard(note as AppNote),
      whyLost: () => handle.death ?? new Error('the thread of the app is gone'),
      onLost: (cause) => {
        this.fence.passed();
        deps.contexts.lost(this.tunnel);
        book.leave(this.tunnel);
        void this.#giveUp(cause);
      },
    });
  }

  /** Aborted with the reason when the thread is gone. */
  get gone(): AbortSignal {
    return this.#gone.signal;
  }

  /** Path of the file whose evaluation has begun and not ended, if it is known. */
  get evaluating(): string | undefined {
    return readEvaluatingFile(this.#evaluating);
  }

  /** Has the entry run. */
  run(): void {
    this.tell({ kind: 'run', evaluating: this.#evaluating });
  }

  /** Returns a claim on a TCP port, or on any address at all. */
  claimOn(port?: number): Claim | undefined {
    return [...this.#claims.values()].find(
      ({ address }) => port === undefined || (typeof address !== 'string' && address.port === port),
    );
  }

  tell(answer: AppAnswer): void {
    this.tunnel.note(answer);
  }

  #heard(note: AppNote): void {
    switch (note.kind) {
      case 'listen':
        return void this.#listen(note);
      case 'renew':
        return this.#claims.get(note.key)?.renew(note.request);
      case 'context':
        return this.#deps.contexts.answered(this.tunnel, note);
      case 'close':
        this.#claims.get(note.key)?.release();
        this.#claims.delete(note.key);
        if (note.awaited) giveAnswer(note.awaited, {});
        return undefined;
      case 'fence':
        return this.fence.passed();
      case 'ready':
        return this.#settle.resolve();
      case 'failed':
        return this.#settle.reject(entryThrew(this.#deps, errorOfFacts(note.error), note.place));
      case 'requests':
        return this.#count(note.ended);
      case 'joined':
        return this.#deps.onJoined?.(note.path);
      case 'missing':
        return void this.#copyElsewhere().then((copy) => giveAnswer(note.awaited, copy));
      case 'process':
        return changeProcess(note.change, note.done);
      default:
        return note satisfies never;
    }
  }

  #count(ended: readonly number[]): void {
    const { outsideWork } = this.#deps.version;
    for (let at = 0; at < ended.length; at += 2) outsideWork.record(ended[at] as number, ended[at + 1] === 1);
  }

  async #copyElsewhere(): Promise<OtherCopy> {
    const { version, warn } = this.#deps;
    try {
      return { url: await version.artifact.copyElsewhere() };
    } catch (error) {
      warn(`Files that ${titleOf(version.artifact)} runs from are gone: ${messageOf(error)}`);
      return {};
    }
  }

  /** Reports why the thread is gone: its port may close a moment before that is known. */
  async #giveUp(cause: unknown): Promise<void> {
    const { handle } = this.#deps;
    const silence = new Promise<void>((resolve) => setTimeout(resolve, SILENT_DEATH_MS).unref());
    if (!handle.death) await Promise.race([handle.dead, silence]);
    const refusal = diedAtStart(this.#deps, handle.death ?? cause, this.evaluating);
    this.#settle.reject(refusal);
    this.#gone.abort(refusal);
  }

  async #listen({ ask, request, awaited }: AppNote & { kind: 'listen' }): Promise<void> {
    const { book, version } = this.#deps;
    const answer = (outcome: AppAnswer): void => {
      if (awaited) giveAnswer(awaited, outcome);
      this.tell(outcome);
    };
    try {
      await book.listen(this.tunnel, version, request, (claim) => {
        this.#claims.set(claim.key, claim);
        answer({ kind: 'listening', ask, key: claim.key, address: claim.address });
      });
    } catch (error) {
      answer({ kind: 'refused', ask, error: errorFacts(error) });
    }
  }
}
