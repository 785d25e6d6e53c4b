import { withDeadline } from '../core/deadline.js';
import { LiveswapError, messageOf } from '../core/errors.js';
import { isThenable } from '../core/is-thenable.js';
import type { RunnableArtifact } from '../manifest/runnable-artifact.js';
import type { Change, LoadChange, RollbackChange } from './change.js';
import type { Generations } from './generations.js';
import { snapshotOf } from './load-data.js';
import type { SwapperSettings } from './options.js';
import type { Release } from './release.js';

const OPTION = 'The option data';

/** Dependencies of a ReleaseSource. */
export interface ReleaseSourceDeps {
  readonly settings: Pick<SwapperSettings, 'data' | 'startMs'>;
  readonly generations: Generations;
  /** Reads the current contents of the plugin folder. */
  readonly read: () => Promise<readonly RunnableArtifact[]>;
}

/** The artifacts and data for a generation. */
export interface Choice extends Pick<Release, 'artifacts' | 'data'> {
  /** The release of the history that a rollback returns to. */
  readonly backTo?: Release;
}

/** Determines the contents of the next generation when a change runs. */
export class ReleaseSource {
  readonly #deps: ReleaseSourceDeps;

  constructor(deps: ReleaseSourceDeps) {
    this.#deps = deps;
  }

  /**
   * @throws LiveswapError any error of reading artifacts; `OPTION_INVALID` when the option data cannot be used;
   * `ROLLBACK_UNAVAILABLE`
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

  /** Resolves to the data for a load: the given data, else that of the option, else that of the current generation. */
  async #dataFor({ data }: LoadChange): Promise<unknown> {
    const { generations, settings } = this.#deps;
    // A query builder is awaited, too; only its time would have no limit.
    if (isThenable(data)) return this.#copyOf(Promise.resolve(data), 'The data of this load');
    if (data !== undefined) return data;
    return settings.data ? this.#copyOf(askFor(settings.data), OPTION) : generations.release?.data;
  }

  /** Other loads wait meanwhile, so the promise must settle in time. */
  async #copyOf(data: Promise<unknown>, what: string): Promise<unknown> {
    const { startMs } = this.#deps.settings;
    const late = (): LiveswapError => unusable(what, `it did not settle within ${startMs} ms (startMs).`);
    return snapshotOf(await withDeadline(data, startMs, late));
  }
}

async function askFor(give: () => unknown): Promise<unknown> {
  try {
    return await give();
  } catch (cause) {
    throw unusable(OPTION, `it threw ${messageOf(cause)}`, cause);
  }
}

function unusable(what: string, why: string, cause?: unknown): LiveswapError {
  return new LiveswapError('OPTION_INVALID', `${what} cannot be used: ${why}`, { option: 'data', cause });
}
