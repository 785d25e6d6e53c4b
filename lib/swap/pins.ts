import { checkOptions, duration } from '../core/check-options.js';
import { pinOf } from '../core/chain.js';
import type { Logger } from '../core/logger.js';
import { chainForPlugin } from '../dispatch/plugin-work.js';
import { Caller, type CallerDeps } from './caller.js';
import type { Generation } from './generation.js';
import type { Generations } from './generations.js';
import { Pin } from './pin.js';
import { Session, type PinOptions } from './session.js';

/** Dependencies of {@link Pins}. */
export interface PinsDeps {
  readonly generations: Generations;
  /** Returns the generation that receives calls. @throws LiveswapError `NOT_LOADED` */
  readonly current: () => Generation;
  readonly carrier: CallerDeps['carrier'];
  readonly logger: Pick<Logger, 'warn'>;
  /** @throws LiveswapError `CLOSED` when the swapper accepts no more calls */
  readonly check: () => void;
}

const HOUR_MS = 3_600_000;

/** Pins generations for sessions, and finds the pinned generation of a call. */
export class Pins {
  readonly #deps: PinsDeps;

  constructor(deps: PinsDeps) {
    this.#deps = deps;
  }

  /** Holds the current generation for a session. @throws LiveswapError `NOT_LOADED`, `OPTION_INVALID` */
  pin(options: PinOptions): Session {
    checkOptions(options, { maxMs: duration });
    const { generations, current, carrier, logger, check } = this.#deps;
    const { maxMs = HOUR_MS } = options;
    const generation = current();
    const pin = new Pin({
      maxMs,
      letGo: (gone) => generations.letGo(generation, gone),
      onExpired() {
        const message = `A pin of generation ${generation.id} was released after ${maxMs} ms (maxMs): release it, or give it more.`;
        logger.warn({ generation: generation.id, maxMs }, message);
      },
    });
    generations.hold(generation, pin);
    const caller = new Caller({ dispatcher: generations.dispatcher, carrier });
    return new Session(generation, { pin, caller, check });
  }

  /** Returns the generation of the pinned call on whose behalf the current host code runs. */
  here(): Generation | undefined {
    const id = pinOf(chainForPlugin());
    if (id === undefined) return undefined;
    this.#deps.check();
    return this.#deps.generations.find(id);
  }
}
