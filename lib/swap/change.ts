import type { OnReload } from './options.js';
import type { Release } from './release.js';

/** A change of generation: what asks for it, and what it leads to when its turn comes. */
export interface Change {
  readonly reason: 'load' | 'reload' | 'rollback';
  readonly choose: () => Promise<Release>;
  readonly onReload?: OnReload | undefined;
  /** `'drop'`: what the new versions keep begins anew. */
  readonly kept?: 'drop' | undefined;
}
