import { memberName } from './collect/type-syntax.js';
import type { Manifest } from '../manifest/manifest.js';

/** The name of the file with the typed live functions. */
export const STUBS_FILE = 'live.d.ts';

/** TypeScript for `swapper.live<LiveFunctions>()`: every live function as a host calls it, and nothing to import. */
export function liveStubs(manifests: readonly Manifest[]): string {
  const sorted = [...manifests].sort((left, right) => (left.name < right.name ? -1 : 1));
  const functions = new Map(
    sorted.flatMap(({ name: plugin, liveFunctions }) =>
      liveFunctions.map(({ name, file, signature, idempotent }) => {
        const note = idempotent ? ' May be retried.' : '';
        return [name, `  /** Of ${plugin}, in ${file}.${note} */\n  ${memberName(name)}: ${signature};\n`];
      }),
    ),
  );
  const types = new Map(sorted.flatMap(({ types = [] }) => types.map(({ name, text }) => [name, text])));
  return [
    '// Written by `liveswap build`, over again each time.\n',
    '/** The live functions of the plugins in this folder: `swapper.live<LiveFunctions>()`. */',
    `export interface LiveFunctions {\n${[...functions.values()].join('')}}\n`,
    ...[...types].map(([name, text]) => `type ${name} = ${text};\n`),
  ].join('\n');
}
