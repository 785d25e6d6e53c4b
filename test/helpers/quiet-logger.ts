import type { Logger } from '../../lib/index.js';

/** Returns a logger that prints nothing; `given` are the methods that a test listens to. */
export function quietLogger(given: Partial<Logger> = {}): Logger {
  const quiet = (): void => {};
  return { debug: quiet, info: quiet, warn: quiet, error: quiet, ...given };
}

/** Returns a logger that prints nothing, and the texts of what it is warned of. */
export function warningLogger(): { readonly logger: Logger; readonly warned: readonly string[] } {
  const warned: string[] = [];
  return { logger: quietLogger({ warn: (_facts, text) => void warned.push(text ?? '') }), warned };
}
