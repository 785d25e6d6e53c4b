import { hashOf } from '../../lib/manifest/hash.js';
import type { Manifest, MethodFacts } from '../../lib/manifest/manifest.js';

/** Facts about a plugin that is never run. */
export interface PluginFacts {
  readonly name: string;
  readonly release?: number;
  /** Names of the plugins it imports, or what it needs of them. */
  readonly imports?: Readonly<Record<string, readonly MethodFacts[]>>;
  readonly exports?: readonly MethodFacts[];
  /** Live functions and live types, each with its file. */
  readonly live?: Readonly<Record<string, string>>;
  readonly types?: Readonly<Record<string, string>>;
}

/** A plugin as a plan sees it. */
export interface Candidate {
  readonly manifest: Manifest;
  readonly hash: string;
  readonly file: string;
}

/** Returns the facts of an artifact, without the artifact. */
export function candidate(facts: PluginFacts): Candidate {
  const { name, release = 0, imports = {}, exports, live = {}, types = {} } = facts;
  const manifest: Manifest = {
    format: 2,
    name,
    rules: 0,
    bodyHash: '',
    liveFunctions: Object.entries(live).map(([one, file]) => ({
      name: one,
      file,
      line: 1,
      signature: '() => Promise<void>',
      idempotent: false,
    })),
    liveTypes: Object.entries(types).map(([one, file]) => ({
      name: one,
      file,
      line: 1,
      fields: [],
      fingerprint: '00000000',
      handles: true,
    })),
    imports: Object.entries(imports).map(([plugin, methods]) => ({
      plugin,
      file: 'deps.ts',
      line: 3,
      methods,
    })),
    ...(exports && { exports }),
  };
  return { manifest, hash: hashOf(`${name} ${release}`), file: `/plugins/${name}.plugin.mjs` };
}
