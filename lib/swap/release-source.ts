import { withDeadline } from '../core/deadline.js';
import { LiveswapError, messageOf } from '../core/errors.js';
import type { RunnableArtifact } from '../manifest/runnable-artifact.js';
import type { Change, LoadChange, RollbackChange } from './change.js';
import type { Generations } from './generations.js';
import { snapshotOf } from './load-data.js';
import type { SwapperSettings } from './options.js';
import type { Release } from './release.js';

/** What a release source works with. */
export interface ReleaseSourceDeps {
  readonly settings: Pick<SwapperSettings, 'data' | 'startMs'>;
  readonly generations: Generations;
  /** Reads what is in the plugin folder now. */
  readonly read: () => Promise<readonly RunnableArtifact[]>;
}

/** What a generation is to be made of. */
export interface Choice extends Pick<Release, 'artifacts' | 'data'> {
  /** The release of the history that it goes back to. */
  readonly backTo?: Release;
}

/** Finds out what the next generation is made of, when the turn of a change comes. */
export class ReleaseSource {
  readonly #deps: ReleaseSourceDeps;

  constructor(deps: ReleaseSourceDeps) {
    this.#deps = deps;
  }

  /**
   * @throws LiveswapError what reading can throw; `OPTION_INVALID` when the option data cannot be used; `ROLLBACK_UNAVAILABLE`
   */
  async choose(change: Change): Promise<Choice> {
    if (change.reason === 'rollback') {
      const backTo = this.#before(change);
      return { ...backTo, backTo };
    }
    const [artifacts, data] = await Promise.all([this.#deps.read(), this.#dataFor(change)]);
    return { artifacts, data };
  }

  #before({ failed }: RollbackChange): Release {
    const { history } = this.#deps.generations;
    return (failed && history.latestWithout(failed)) ?? history.latest();
  }

  /** What was given wins; then the option; then what the current generation was loaded with. */
  async #dataFor({ data }: LoadChange): Promise<unknown> {
    const { settings, generations } = this.#deps;
    if (data !== undefined) return data;
    return settings.data ? snapshotOf(await this.#askForData(settings.data)) : generations.release?.data;
  }

  async #askForData(give: () => unknown): Promise<unknown> {
    const { startMs } = this.#deps.settings;
    const invalid = (why: string, cause?: unknown): LiveswapError =>
      new LiveswapError('OPTION_INVALID', `The option data cannot be used: ${why}`, {
        option: 'data',
        cause,
      });
    const late = invalid(`it did not settle within ${startMs} ms (startMs).`);
    try {
      return await withDeadline((async () => give())(), startMs, () => late);
    } catch (cause) {
      throw cause === late ? late : invalid(`it threw ${messageOf(cause)}`, cause);
    }
  }
}
