import { isInstanceOf } from '../core/lazy-classes.js';
import type { DataPlaceholder, HeaderEntries, SentFile } from './protocol.js';

/** No form has more entries; a longer list is forged. */
const MOST_ENTRIES = 1_000_000;

/** Returns the placeholder of a platform value that is pure data; `undefined` for all other values. */
export function sendData(value: object): DataPlaceholder | undefined {
  if (value instanceof URL) return { kind: 'url', href: value.href };
  if (value instanceof URLSearchParams) return { kind: 'searchParams', text: value.toString() };
  if (isInstanceOf(value, 'Headers')) return { kind: 'headers', entries: headerEntries(value) };
  if (value instanceof File) return { kind: 'file', file: sendFile(value) };
  if (isInstanceOf(value, 'FormData')) {
    const entries = [...value].map(([name, part]): [string, string | SentFile] => [
      name,
      typeof part === 'string' ? part : sendFile(part),
    ]);
    return { kind: 'formData', entries };
  }
  return undefined;
}

type ReadableData = Extract<
  DataPlaceholder,
  { readonly kind: 'url' | 'searchParams' | 'headers' | 'file' | 'formData' }
>;

/** Returns the value of a placeholder that {@link sendData} made. @throws TypeError for a forged placeholder */
export function readData(placeholder: DataPlaceholder): unknown {
  const data = placeholder as ReadableData;
  switch (data.kind) {
    case 'url':
      return new URL(data.href);
    case 'searchParams':
      return new URLSearchParams(data.text);
    case 'headers':
      return new Headers(data.entries as [string, string][]);
    case 'file':
      return readFile(data.file);
    case 'formData': {
      const form = new FormData();
      if (data.entries.length > MOST_ENTRIES) throw new TypeError('A form has too many fields.');
      for (const [name, part] of data.entries) {
        if (typeof part === 'string') form.append(name, part);
        else form.append(name, readFile(part));
      }
      return form;
    }
    default:
      throw new TypeError(`There is no placeholder of kind ${String((data as { kind: unknown }).kind)}.`);
  }
}

/** Returns the headers one by one: each `set-cookie` has an entry of its own. */
export function headerEntries(headers: Headers): HeaderEntries {
  return [...headers];
}

function sendFile(file: File): SentFile {
  const { name, lastModified, type } = file;
  return { blob: new Blob([file], { type }), name, lastModified };
}

function readFile({ blob, name, lastModified }: SentFile): File {
  return new File([blob], name, { type: blob.type, lastModified });
}
