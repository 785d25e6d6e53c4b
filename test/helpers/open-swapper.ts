import { onTestFinished } from 'vitest';
import { Swapper, type SwapperOptions } from '../../lib/index.js';

/** Opens a swapper that is closed when the running test is over, and that logs nothing unless the test listens. */
export function openSwapper(folder: string, options: SwapperOptions = {}): Swapper {
  const silent = (): void => {};
  const logger = { debug: silent, info: silent, warn: silent, error: silent };
  const swapper = new Swapper(folder, { standby: false, logger, ...options });
  onTestFinished(() => swapper.destroy());
  return swapper;
}
