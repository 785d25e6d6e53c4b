import type { Kind } from './image.js';
import { errorClasses, viewClasses } from './kinds.js';

/** Reads a piece of an object's content. */
export type ReadContent = (index: number) => unknown;

const bases: Partial<Record<Kind, new () => object>> = {
  array: Array,
  'sparse array': Array,
  map: Map,
  set: Set,
};

/** Returns whether an object must be made together with its content. */
export function needsContent(kind: Kind): boolean {
  return /^(date|regexp|boxed|url|search params|headers|view|live data)$/.test(kind);
}

/** Makes an object without its fields; `type` is its class, whose constructor does not run. */
export function makeObject(
  kind: Kind,
  name: string | undefined,
  type: (new (...args: never[]) => object) | undefined,
  read: ReadContent,
  liveData: (wire: unknown) => unknown,
): object {
  switch (kind) {
    case 'object':
      return type ? make(type) : {};
    case 'null object':
      return type ? make(type) : (Object.create(null) as object);
    case 'array':
    case 'sparse array':
    case 'map':
    case 'set': {
      const base = bases[kind] as new () => object;
      return Reflect.construct(base, [], type ?? base);
    }
    case 'date': {
      return Reflect.construct(Date, [read(0)], type ?? Date);
    }
    case 'regexp':
      return Object.assign(new RegExp(read(0) as string, read(1) as string), { lastIndex: read(2) });
    case 'error':
      return Reflect.construct(Error, [], type ?? errorClasses[name ?? ''] ?? Error);
    case 'boxed':
      return Object(read(0)) as object;
    case 'url':
      return new URL(read(0) as string);
    case 'search params':
      return new URLSearchParams(read(0) as string);
    case 'headers':
      return new Headers();
    case 'buffer':
    case 'cloned':
      return read(0) as object;
    case 'view':
      return makeView(name as string, read);
    case 'live data':
      return liveData(read(0)) as object;
    case 'constant':
      throw new TypeError('a constant is not made');
    default:
      return kind satisfies never;
  }
}

/** Fills an object with its content, which is everything it holds besides its fields. */
export function fillContent(kind: Kind, object: object, count: number, read: ReadContent): void {
  switch (kind) {
    case 'array': {
      const array = object as unknown[];
      for (let at = 0; at < count; at++) array.push(read(at));
      return;
    }
    case 'sparse array':
      (object as unknown[]).length = read(0) as number;
      return;
    case 'map':
      for (let at = 0; at < count; at += 2) Map.prototype.set.call(object, read(at), read(at + 1));
      return;
    case 'set':
      for (let at = 0; at < count; at++) Set.prototype.add.call(object, read(at));
      return;
    case 'headers':
      for (let at = 0; at < count; at += 2)
        (object as Headers).append(read(at) as string, read(at + 1) as string);
      return;
    case 'error':
      // Otherwise, the stack of the error would be that of this line.
      Reflect.deleteProperty(object, 'stack');
      for (let at = 0; at < count; at += 2) {
        const value = read(at + 1);
        const key = read(at) as string;
        Object.defineProperty(object, key, { value, writable: true, enumerable: false, configurable: true });
      }
      return;
    default:
      return;
  }
}

/**
 * Makes an object by a constructor that has the prototype of the class, because objects whose prototype is set later stay slow.
 */
function make(type: new (...args: never[]) => object): object {
  let maker = makers.get(type);
  if (!maker) {
    maker = function () {} as unknown as new () => object;
    (maker as { prototype: object }).prototype = type.prototype as object;
    makers.set(type, maker);
  }
  return new maker();
}

const makers = new WeakMap<object, new () => object>();

function makeView(name: string, read: ReadContent): object {
  const [buffer, offset, length] = [read(0) as ArrayBuffer, read(1) as number, read(2) as number];
  if (name === 'Buffer') return Buffer.from(buffer, offset, length);
  const type = viewClasses[name];
  if (!type) throw new TypeError(`${name} is not a view of memory`);
  return new type(buffer, offset, length);
}
