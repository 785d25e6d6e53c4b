import type { Adapter } from './adapter.js';
import { adaptedExport } from './adapted-export.js';

type Exports = Readonly<Record<string, unknown>>;

const substitutes = new WeakMap<object, object>();

/** Returns the exports of an ES module that change: those that the adapter names, and `default`. */
export function adaptedNamespace(adapter: Adapter, original: Exports): Record<string, unknown> {
  adaptMethods(adapter, original);
  const stands = Object.fromEntries(
    namesOf(adapter).map((name) => [name, adaptedOne(adapter, original, name)]),
  );
  const whole = original['default'];
  const isFunction = typeof whole === 'function';
  return {
    ...stands,
    default: isFunction ? adaptedCommonJs(adapter, whole) : adaptedDefault(adapter, whole),
  };
}

/** Returns the exports that `require` of the package gives. */
export function adaptedCommonJs(adapter: Adapter, original: unknown): unknown {
  if ((typeof original !== 'object' && typeof original !== 'function') || original === null) return original;
  const known = substitutes.get(original);
  if (known) return known;
  if (typeof original === 'function') return adaptedFunction(adapter, original as object as Exports);
  const exports = original as Exports;
  adaptMethods(adapter, exports);
  const substitute = Object.create(Object.getPrototypeOf(original) as object | null) as object;
  substitutes.set(original, substitute);
  for (const key of Reflect.ownKeys(original)) {
    const get = (): unknown => exports[key as string];
    Object.defineProperty(substitute, key, {
      get,
      enumerable: Object.prototype.propertyIsEnumerable.call(original, key),
      configurable: true,
    });
  }
  const names = [...namesOf(adapter), 'default'].filter((name) => Object.hasOwn(exports, name));
  for (const name of names) {
    const value =
      name === 'default' ? adaptedDefault(adapter, exports[name]) : adaptedOne(adapter, exports, name);
    Object.defineProperty(substitute, name, { value, enumerable: true, configurable: true, writable: true });
  }
  return substitute;
}

/** Returns the stand-in for a function that is the whole export, with other exports as its members. */
function adaptedFunction(adapter: Adapter, original: Exports): unknown {
  adaptMethods(adapter, original);
  const names = [...namesOf(adapter), 'default'].filter((name) => Object.hasOwn(original, name));
  const stand = adaptedDefault(adapter, original) as object;
  const members = new Map(
    names.map((name) => [
      name,
      name === 'default' ? adaptedDefault(adapter, original[name]) : adaptedOne(adapter, original, name),
    ]),
  );
  const substitute = new Proxy(stand, {
    get: (target, key, receiver) =>
      members.has(key as string)
        ? members.get(key as string)
        : (Reflect.get(target, key, receiver) as unknown),
  });
  substitutes.set(original, substitute);
  substitutes.set(substitute, substitute);
  return substitute;
}

/** Returns the names of the exports that an adapter replaces, except `default`. */
export function namesOf({ exports }: Pick<Adapter, 'exports'>): string[] {
  return Object.keys(exports).filter((name) => name !== 'default' && !name.includes('.'));
}

/** Returns the stand-in for `default`, which may be an export of its own, or an object that has the others. */
function adaptedDefault(adapter: Adapter, original: unknown): unknown {
  const own = adapter.exports['default'];
  if (typeof original === 'function' && own) return adaptedExport(original, own, adapter.package);
  if (typeof original !== 'object' || original === null) return original;
  return namesOf(adapter).some((name) => name in original) ? adaptedCommonJs(adapter, original) : original;
}

function adaptedOne(adapter: Adapter, exports: Exports, name: string): unknown {
  const own = adapter.exports[name];
  return own ? adaptedExport(exports[name], own, `${adapter.package}#${name}`) : exports[name];
}

/** Replaces methods of exports in place, so that the package itself reaches the replacements, too. */
function adaptMethods(adapter: Adapter, exports: Exports): void {
  for (const [path, own] of Object.entries(adapter.exports)) {
    const keys = path.split('.');
    const last = keys.pop() as string;
    if (keys.length === 0) continue;
    const owner = keys.reduce<unknown>((at, key) => (at as Exports | undefined)?.[key], exports);
    if (owner === undefined || owner === null) continue;
    const value = adaptedExport((owner as Exports)[last], own, `${adapter.package}#${path}`);
    Object.defineProperty(owner, last, { value, configurable: true, writable: true });
  }
}
