import type { Manifest, MethodFacts, TakenTypes } from '../manifest/manifest.js';

/** The functions of a plugin that take live types, by name, and which. */
export interface RevivedParameters {
  readonly live: RevivedByName;
  readonly exports: RevivedByName;
  readonly functions: RevivedByName;
}

export type RevivedByName = Readonly<Record<string, TakenTypes>>;

export function revivedParametersOf({ liveFunctions, exports, functions }: Manifest): RevivedParameters {
  return { live: byName(liveFunctions), exports: byName(exports), functions: byName(functions) };
}

function byName(facts: readonly Pick<MethodFacts, 'name' | 'takes'>[] = []): RevivedByName {
  return Object.fromEntries(facts.flatMap(({ name, takes }) => (takes ? [[name, takes]] : [])));
}
