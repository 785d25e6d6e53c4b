import { createRequire } from 'node:module';

/** What threads run, as absolute paths. */
export interface ThreadFiles {
  readonly entry: string;
  readonly blank: string;
}

let found: ThreadFiles | undefined;

/**
 * The compiled files, also when this one runs as TypeScript: Node 20 starts no thread from a .ts file. The entry is bundled
 * into one CommonJS file: a thread that loads fifty boots half as fast, and one that loads a module takes 4 ms longer. Looked
 * for when they are needed: a host that links its plugins statically may be bundled, liveswap included, and has none then.
 */
export function threadFiles(): ThreadFiles {
  if (!found) {
    const require = createRequire(import.meta.url);
    found = { entry: require.resolve('#thread'), blank: require.resolve('#blank') };
  }
  return found;
}
