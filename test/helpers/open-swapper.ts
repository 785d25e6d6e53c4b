import { onTestFinished } from 'vitest';
import { Swapper, type SwapperOptions } from '../../lib/index.js';
import { quietLogger } from './quiet-logger.js';

/** Opens a swapper that is closed when the running test is over, and that logs nothing unless the test listens. */
export function openSwapper(folder: string, options: SwapperOptions = {}): Swapper {
  const swapper = new Swapper(folder, { standby: false, logger: quietLogger(), ...options });
  onTestFinished(() => swapper.destroy());
  return swapper;
}
