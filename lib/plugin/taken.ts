import type { Manifest, MethodFacts, TakenTypes } from '../manifest/manifest.js';

/** The functions of a plugin that take live types, by name, and which. */
export interface Taken {
  readonly live: TakenByName;
  readonly exports: TakenByName;
  readonly functions: TakenByName;
}

export type TakenByName = Readonly<Record<string, TakenTypes>>;

export function takenOf({ liveFunctions, exports, functions }: Manifest): Taken {
  return { live: byName(liveFunctions), exports: byName(exports), functions: byName(functions) };
}

function byName(facts: readonly Pick<MethodFacts, 'name' | 'takes'>[] = []): TakenByName {
  return Object.fromEntries(facts.flatMap(({ name, takes }) => (takes ? [[name, takes]] : [])));
}
