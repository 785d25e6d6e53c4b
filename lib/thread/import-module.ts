/** Imports a module by its URL. */
export type ImportModule = (url: string) => Promise<unknown>;

let load: ImportModule = (url) => import(url);

/** Imports a module into this thread. */
export function importModule(url: string): Promise<unknown> {
  return load(url);
}

/** Makes other code import modules: a script that V8 takes from its code cache must not call `import()` itself. */
export function importModulesBy(other: ImportModule): void {
  load = other;
}
