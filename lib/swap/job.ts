import { errorCodes, isLiveswapError, LiveswapError } from '../core/errors.js';
import { LiveData } from '../live-data/live-data.js';

/** Live data of a live type, which determines who runs it. */
export type Job = LiveData & { readonly type: string };

/**
 * Returns the job in `data`: live data, its wire form, or its JSON.
 * @throws LiveswapError `LIVE_DATA_INVALID` when it is not live data, or has no live type
 */
export function jobOf(data: unknown): Job {
  const live = typeof data === 'string' ? LiveData.parse(data) : LiveData.from(data);
  if (live.type !== undefined) return live as Job;
  throw new LiveswapError(
    'LIVE_DATA_INVALID',
    'Cannot run live data without a live type: it does not say which plugin runs it; make it with LiveData.of(type, fields).',
    { data: live.toJSON() },
  );
}

/** Settles as `run` does; when no plugin can run the job now, the error contains the data. */
export async function keepingData(job: Job, run: () => Promise<unknown>): Promise<unknown> {
  try {
    return await run();
  } catch (error) {
    const isUndone = isLiveswapError(error, 'TYPE_UNKNOWN') || isLiveswapError(error, 'HANDLE_MISSING');
    throw isUndone && error['liveType'] === job.type ? undone(job, error) : error;
  }
}

function undone(job: Job, cause: LiveswapError): LiveswapError {
  return new LiveswapError(
    cause.code,
    `Cannot run ${job.type}: ${errorCodes[cause.code]}; error.data keeps the job for when that has changed.`,
    { liveType: job.type, data: job.toJSON(), cause },
  );
}
