import { readFileSync } from 'node:fs';
import type { SourceMapPayload, SourceOrigin } from 'node:module';
import { pathOfUrl } from '../core/paths.js';

/** A frame that prints itself as V8 does; Node's types leave `toString` out. */
type PrintedSite = NodeJS.CallSite & { toString(): string };

/** Returns the source position of a place in the artifact, as `file:line:column`. */
type FindOrigin = (line: number, column: number) => string | undefined;

/**
 * Makes the stacks of this thread point to the sources of the artifact at `url`, by the map beside it. Node can do that too, but
 * it parses the map whenever a module is loaded: each reload would wait for something that only an error needs. Where stacks
 * cannot be changed (`--frozen-intrinsics`), they show places in the artifact.
 */
export function mapStacks(url: string): void {
  let find: FindOrigin | undefined;
  const prepare: typeof Error.prepareStackTrace = (error, sites) => {
    const places = (sites as PrintedSite[]).map((site) => {
      const place = site.toString();
      const line = site.getLineNumber();
      const column = site.getColumnNumber();
      if (line === null || column === null || !place.includes(url)) return place;
      find ??= openMap(url);
      const origin = find(line, column);
      return origin === undefined ? place : place.replace(`${url}:${line}:${column}`, () => origin);
    });
    return [headOf(error), ...places.map((place) => `    at ${place}`)].join('\n');
  };
  Reflect.set(Error, 'prepareStackTrace', prepare);
}

function openMap(url: string): FindOrigin {
  let payload: SourceMapPayload;
  try {
    payload = JSON.parse(readFileSync(new URL(`${url}.map`), 'utf8')) as SourceMapPayload;
  } catch {
    return () => undefined;
  }
  // The class is loaded here because most threads never need it.
  const { SourceMap } = process.getBuiltinModule('node:module');
  const map = new SourceMap(payload);
  return (line, column) => {
    const { fileName, lineNumber, columnNumber } = map.findOrigin(line, column) as Partial<SourceOrigin>;
    if (fileName === undefined) return undefined;
    const source = new URL(fileName, payload.sourceRoot);
    const file = pathOfUrl(source) ?? source.href;
    return `${file}:${lineNumber}:${columnNumber}`;
  };
}

/** Returns the head of a stack as V8 writes it; a plugin's error may throw while it is described. */
function headOf(error: unknown): string {
  try {
    return Error.prototype.toString.call(error);
  } catch {
    return 'Error';
  }
}
