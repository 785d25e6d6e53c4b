/** The part of `liveswap/plugin` for generated code, beside the part for plugins. */
export const hostBindingSpecifier = 'liveswap-host-binding';
/** The part of `liveswap/plugin` for artifacts whose code declares anything to its thread. */
export const declarationsSpecifier = 'liveswap-declarations';

/** The module-level constants and classes of a plugin's own files, by `file#NAME`, as the build hands them over. */
const values = new Map<string, unknown>();

/**
 * Registers symbols; the build adds a call at the end of each file whose symbols it must know. `file` is relative to the plugin's
 * folder.
 */
export function registerOwnSymbols(file: string, symbols: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(symbols)) values.set(`${file}#${name}`, value);
}

/** Returns all registered symbols, by `file#NAME`. */
export function ownSymbols(): ReadonlyMap<string, unknown> {
  return values;
}

/** Returns the name of the constant that holds `value`, without its file; `undefined` when there is none. */
export function constantNameOf(value: unknown): string | undefined {
  for (const [key, held] of values) if (held === value) return key.slice(key.indexOf('#') + 1);
  return undefined;
}
