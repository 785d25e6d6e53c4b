/** Classes that Node loads when code first names them: those of its HTTP client, of its web streams, and of files. */
interface LazyClasses {
  readonly Headers: Headers;
  readonly FormData: FormData;
  readonly Request: Request;
  readonly Response: Response;
  readonly ReadableStream: ReadableStream;
  readonly WritableStream: WritableStream;
  readonly TransformStream: TransformStream;
  readonly File: File;
}

/**
 * Returns whether a value is an instance of such a class. Loading the HTTP client takes longer than the rest of a thread's boot,
 * and loading the streams takes 2 ms, so the prototypes of a value are looked at first.
 */
export function isInstanceOf<Name extends keyof LazyClasses>(
  value: object,
  name: Name,
): value is LazyClasses[Name] {
  return hasTag(value, name) && value instanceof classOf(name);
}

/** Returns the class of the platform, where Node has it in a module: a polyfill may have replaced the global one. */
function classOf(name: keyof LazyClasses): Class {
  switch (name) {
    case 'ReadableStream':
    case 'WritableStream':
    case 'TransformStream':
      return process.getBuiltinModule('node:stream/web')[name];
    case 'File':
      return process.getBuiltinModule('node:buffer').File;
    default:
      return globalThis[name];
  }
}

type Class = abstract new (...args: never[]) => object;

function hasTag(value: object, name: string): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === null || prototype === Object.prototype) return false;
  const tag = Object.getOwnPropertyDescriptor(prototype, Symbol.toStringTag);
  return tag?.value === name || hasTag(prototype as object, name);
}
