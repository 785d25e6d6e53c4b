import type { AppFlags } from './app/flags.js';
import type { BuildFlags } from './flags.js';

/** Flags that only `liveswap build` has. */
export interface BuildCommandFlags extends BuildFlags, AppFlags {
  readonly entryOnly?: boolean;
  readonly clean?: boolean;
  readonly watch?: boolean;
  readonly out?: string;
  readonly app?: boolean;
}
