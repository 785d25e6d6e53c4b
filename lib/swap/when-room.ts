import { isLiveswapError } from '../core/errors.js';
import { subscribe } from '../observe/events.js';

/** Retries a reload of `swapper` that was refused because too many versions drain, as soon as one of them has retired. */
export async function whenRoom<T>(swapper: object, reload: () => Promise<T>): Promise<T> {
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
function nextRoom(swapper: object): { readonly made: Promise<void>; readonly stop: () => void } {
  let stop = (): void => {};
  const made = new Promise<void>((resolve) => {
    stop = subscribe(swapper, (event) => {
      const hasRetired = event.type === 'version' && event.state === 'retired';
      if (hasRetired || event.type === 'closed') resolve();
    });
  });
  return { made, stop: () => stop() };
}
