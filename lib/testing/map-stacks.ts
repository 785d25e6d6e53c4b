import { readFileSync } from 'node:fs';
import { SourceMap, type SourceMapPayload } from 'node:module';
import { pathOfUrl } from '../core/paths.js';

const FRAME = /(file:\/\/[^\s()]+\.plugin\.mjs):(\d+):(\d+)/g;
const INLINE_MAP = '//# sourceMappingURL=data:application/json;base64,';

/**
 * Returns an object whose methods reject with errors that name lines of the plugins' TypeScript. Test runners format stacks in
 * their own way and ignore an artifact's source map.
 */
export function withMappedStacks<T extends object>(target: T): T {
  return new Proxy(target, {
    get(_target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]): unknown => {
        const result: unknown = Reflect.apply(value, target, args);
        return result instanceof Promise ? result.catch(rethrowMapped) : result;
      };
    },
  });
}

function rethrowMapped(error: unknown): never {
  if (error instanceof Error && error.stack) error.stack = mapStack(error.stack);
  throw error;
}

function mapStack(stack: string): string {
  const maps = new Map<string, SourceMap | undefined>();
  return stack.replaceAll(FRAME, (place, url: string, line: string, column: string) => {
    if (!maps.has(url)) maps.set(url, readMap(new URL(url)));
    const origin = maps.get(url)?.findOrigin(Number(line), Number(column));
    if (!origin || !('fileName' in origin)) return place;
    const source = new URL(origin.fileName, url);
    const file = pathOfUrl(source) ?? source.href;
    return `${file}:${origin.lineNumber}:${origin.columnNumber}`;
  });
}

function readMap(file: URL): SourceMap | undefined {
  try {
    const text = readFileSync(file, 'latin1');
    const start = text.lastIndexOf(INLINE_MAP);
    const end = text.indexOf('\n', start);
    const json = Buffer.from(
      text.slice(start + INLINE_MAP.length, end < 0 ? undefined : end),
      'base64',
    ).toString();
    return new SourceMap(JSON.parse(json) as SourceMapPayload);
  } catch {
    // The file is already gone, or it has no map.
    return undefined;
  }
}
