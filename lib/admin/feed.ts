import { clearInterval, setInterval } from '../core/timers.js';
import { subscribe, type SwapEvent } from '../observe/events.js';
import { plainEvent } from '../observe/plain-event.js';
import type { Swapper } from '../swap/swapper.js';
import { snapshotOf } from './snapshot.js';

const EVERY_MS = 1_000;
/** Number of past events that a page gets when it is opened. */
const MOST_EVENTS = 200;
/** Events that pages do not get, because output of plugins belongs in the log. */
const untold: ReadonlySet<SwapEvent['type']> = new Set(['output']);

interface TimedEvent {
  readonly at: number;
  readonly event: object;
}

/** Server-sent events for open pages: past events, new events, and a snapshot each second. */
export class Feed {
  readonly #swapper: Swapper;
  readonly #events: TimedEvent[] = [];
  readonly #pages = new Set<ReadableStreamDefaultController<Uint8Array>>();
  readonly #unsubscribe: () => void;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(swapper: Swapper) {
    this.#swapper = swapper;
    this.#unsubscribe = subscribe(swapper, (event) => this.#onEvent(event));
  }

  /** Opens a stream for one page. */
  open(): ReadableStream<Uint8Array> {
    let own: ReadableStreamDefaultController<Uint8Array> | undefined;
    return new ReadableStream({
      start: (controller) => {
        own = controller;
        if (this.#isClosed) return controller.close();
        this.#pages.add(controller);
        controller.enqueue(message('history', this.#events));
        controller.enqueue(message('state', snapshotOf(this.#swapper.stats())));
        this.#timer ??= setInterval(
          () => this.#tell('state', snapshotOf(this.#swapper.stats())),
          EVERY_MS,
        ).unref();
      },
      cancel: () => {
        if (own) this.#forget(own);
      },
    });
  }

  /** Ends every stream, also those that are opened later. */
  close(): void {
    this.#isClosed = true;
    this.#unsubscribe();
    for (const page of this.#pages) {
      this.#forget(page);
      page.close();
    }
  }

  #onEvent(event: SwapEvent): void {
    if (untold.has(event.type)) return;
    const timed = { at: Date.now(), event: plainEvent(event) };
    this.#events.push(timed);
    if (this.#events.length > MOST_EVENTS) this.#events.shift();
    this.#tell('event', timed);
    if (event.type === 'closed') this.close();
  }

  #tell(name: string, data: unknown): void {
    const bytes = message(name, data);
    for (const page of this.#pages) {
      // A page that does not read must not fill the memory: it connects again, and is told everything.
      if ((page.desiredSize ?? 0) > -MOST_EVENTS) page.enqueue(bytes);
      else {
        this.#forget(page);
        page.error(new Error('This page reads too slowly.'));
      }
    }
  }

  #forget(page: ReadableStreamDefaultController<Uint8Array>): void {
    this.#pages.delete(page);
    if (this.#pages.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}

function message(name: string, data: unknown): Uint8Array {
  return new TextEncoder().encode(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
}
