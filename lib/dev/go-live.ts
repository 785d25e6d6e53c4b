import { resolve } from 'node:path';
import { isLiveswapError, type LiveswapError } from '../core/errors.js';
import { artifactNamesIn } from '../manifest/artifact.js';
import type { Details } from '../swap/details.js';
import type { Swapper } from '../swap/swapper.js';

/** Makes the data that `onLoad` receives, anew for each load. */
export type LoadData = () => unknown;

/**
 * Makes the artifacts current by a reload, or by a load when nothing is loaded yet. If `data` fails, so does the load, which
 * reports it.
 */
export async function goLive(swapper: Swapper, data: LoadData = () => undefined): Promise<Details> {
  const given = made(data);
  return isLoaded(swapper) ? swapper.reload(given) : swapper.load(given);
}

function made(data: LoadData): unknown {
  try {
    return data();
  } catch (error) {
    return Promise.reject(error);
  }
}

/** Resolves to true when a folder holds any artifact. */
export async function holdsArtifacts(folder: string): Promise<boolean> {
  const names = await artifactNamesIn(resolve(folder)).catch(() => []);
  return names.length > 0;
}

/** Returns true when the swapper has reported the failure itself, as an event and in the log. */
export function isReported(error: LiveswapError): boolean {
  return error.code === 'LOAD_FAILED' || error.code === 'RELOAD_FAILED';
}

function isLoaded(swapper: Swapper): boolean {
  try {
    return Boolean(swapper.current);
  } catch (error) {
    if (isLiveswapError(error, 'NOT_LOADED')) return false;
    throw error;
  }
}
