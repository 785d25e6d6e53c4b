import { onTestFinished } from 'vitest';
import { subscribe, type SwapEvent } from '../../lib/observe/events.js';

/** States of a swapper's versions, according to its events. */
export class LifeOfVersions {
  readonly retired: string[] = [];
  readonly crashed: number[] = [];
  #waiting: { readonly holds: () => boolean; readonly go: () => void }[] = [];

  constructor(swapper: object) {
    onTestFinished(subscribe(swapper, (event) => this.#note(event)));
  }

  /** Resolves when `count` versions have retired. */
  async untilRetired(count: number): Promise<void> {
    await this.#until(() => this.retired.length >= count);
  }

  async #until(holds: () => boolean): Promise<void> {
    if (holds()) return;
    await new Promise<void>((go) => this.#waiting.push({ holds, go }));
  }

  #note(event: SwapEvent): void {
    if (event.type === 'version' && event.state === 'retired') this.retired.push(event.version);
    if (event.type === 'threadCrashed') this.crashed.push(event.thread);
    const ready = this.#waiting.filter(({ holds }) => holds());
    this.#waiting = this.#waiting.filter((one) => !ready.includes(one));
    for (const { go } of ready) go();
  }
}
