import type { LiveData } from '../live-data/live-data.js';
import type { ColumnWriter } from './column.js';
import type { Kind } from './image.js';
import type { Trail } from './trail.js';

/** Step from an object to a value in it. */
export type Step = Parameters<Trail['pathTo']>[1];

/** Writes a value; if it is an object of the graph, the step leads to it. */
export type Put = (column: ColumnWriter, value: unknown, step: Step, name: unknown) => void;

/**
 * Writes the content of an object besides its fields, such as the elements of a list. The content is read with the platform's own
 * methods, because a field or method of the same name may hide them.
 */
export function writeContent(kind: Kind, value: object, content: ColumnWriter, put: Put): void {
  switch (kind) {
    case 'array': {
      const elements = value as readonly unknown[];
      for (let at = 0; at < elements.length; at++) put(content, elements[at], 'index', at);
      return;
    }
    case 'sparse array':
      return content.value((value as readonly unknown[]).length);
    case 'map': {
      let at = 0;
      for (const [key, held] of Map.prototype.entries.call(value) as MapIterator<[unknown, unknown]>) {
        put(content, key, 'key', at++);
        put(content, held, 'value', key);
      }
      return;
    }
    case 'set': {
      let at = 0;
      for (const member of Set.prototype.values.call(value)) put(content, member, 'member', at++);
      return;
    }
    case 'date':
      return content.value(Date.prototype.getTime.call(value));
    case 'regexp': {
      for (const part of ['source', 'flags'] as const)
        content.value(Reflect.get(RegExp.prototype, part, value));
      return content.value((value as RegExp).lastIndex);
    }
    case 'error':
      return writeError(value as Error, content, put);
    case 'boxed':
      return content.value(value.valueOf());
    case 'url':
      return content.value((value as URL).href);
    case 'search params':
      return content.value((value as URLSearchParams).toString());
    case 'headers':
      for (const [name, text] of value as Headers) {
        content.value(name);
        content.value(text);
      }
      return;
    case 'live data':
      return content.value((value as LiveData).toJSON());
    case 'cloned':
      return content.value(value);
    default:
      return;
  }
}

/** Own properties of an error that are not enumerable, and so are not among its fields. */
const errorFields = ['message', 'cause', 'errors', 'name'] as const;

function writeError(error: Error, content: ColumnWriter, put: Put): void {
  for (const key of errorFields) {
    const descriptor = Object.getOwnPropertyDescriptor(error, key);
    if (!descriptor || descriptor.enumerable) continue;
    content.value(key);
    put(content, descriptor.value, 'field', key);
  }
  content.value('stack');
  content.value(stackOf(error));
}

/**
 * Returns the stack of an error. The platform makes the stack when it is first read, by code that may fail for unusual errors.
 */
function stackOf(error: Error): string | undefined {
  try {
    return error.stack;
  } catch {
    return undefined;
  }
}
