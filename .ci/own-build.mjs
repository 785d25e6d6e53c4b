// Marks the bundles of one build, for `lib/core/own-build.ts`, by a hash of the compiled files.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const compiled = 'dist/lib';
const hash = createHash('sha256');
const files = readdirSync(compiled, { recursive: true }).filter((file) => file.endsWith('.js'));
for (const file of files.toSorted((one, other) => (one < other ? -1 : 1)))
  hash.update(readFileSync(join(compiled, file)));

export const define = { LIVESWAP_BUILD: JSON.stringify(hash.digest('hex').slice(0, 16)) };
