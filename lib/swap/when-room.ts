import { isLiveswapError } from '../core/errors.js';
import type { Swapper } from './swapper.js';

/** Retries a reload that was refused because too many versions drain, as soon as one of them has retired. */
export async function whenRoom<T>(swapper: Pick<Swapper, 'on'>, reload: () => Promise<T>): Promise<T> {
  for (;;) {
    const room = nextRoom(swapper);
    try {
      return await reload();
    } catch (error) {
      if (!isLiveswapError(error) || !isLiveswapError(error.cause, 'VERSIONS_FULL')) throw error;
      await room.made;
    } finally {
      room.stop();
    }
  }
}

/** Listens for a version that retires. Call it before the reload: one may retire while that is being refused. */
function nextRoom(swapper: Pick<Swapper, 'on'>): { readonly made: Promise<void>; readonly stop: () => void } {
  const stops: (() => void)[] = [];
  const made = new Promise<void>((resolve) => {
    stops.push(
      swapper.on('version', ({ state }) => state === 'retired' && resolve()),
      swapper.on('closed', () => resolve()),
    );
  });
  return { made, stop: () => stops.forEach((stop) => stop()) };
}
