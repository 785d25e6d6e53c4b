import { LiveswapError } from '../core/errors.js';
import type { Generation } from '../swap/generation.js';

/** A prefix of paths, and the plugin that answers them. */
export interface Mount {
  /** Without a slash at its end; `/` for all paths. */
  readonly prefix: string;
  readonly plugin: string;
}

/** A mounted plugin, and the request's path for it. */
export interface MountedTarget {
  readonly mount: Mount;
  /** The request's target without the prefix. */
  readonly target: string;
}

/**
 * Returns the mounts of a server, the longest first. Without a table, the one plugin that has `http` is at `/`.
 * @throws LiveswapError `OPTION_INVALID`
 */
export function mountsOf(
  table: Readonly<Record<string, string>> | undefined,
  current: () => Generation,
): Mount[] {
  if (!table) return [{ prefix: '/', plugin: onlyPlugin(current()) }];
  return Object.entries(table)
    .map(([prefix, plugin]) => ({ prefix: prefix.replace(/(?<=.)\/+$/, ''), plugin }))
    .sort((left, right) => right.prefix.length - left.prefix.length);
}

/** Returns the mount that answers a request, by whole segments of its path as sent. */
export function mountFor(mounts: readonly Mount[], target: string): MountedTarget | undefined {
  const { path, rest } = split(target);
  for (const mount of mounts) {
    if (mount.prefix === '/') return { mount, target };
    if (path !== mount.prefix && !path.startsWith(`${mount.prefix}/`)) continue;
    return { mount, target: `${path.slice(mount.prefix.length) || '/'}${rest}` };
  }
  return undefined;
}

/** Returns the path of a target, which may be a whole URL, and the rest after it. */
function split(target: string): { readonly path: string; readonly rest: string } {
  const origin = /^[a-z][a-z\d+.-]*:\/\/[^/?#]*/i.exec(target)?.[0] ?? '';
  const from = target.slice(origin.length);
  const end = from.search(/[?#]/);
  return end === -1 ? { path: from, rest: '' } : { path: from.slice(0, end), rest: from.slice(end) };
}

function onlyPlugin({ versions }: Generation): string {
  const plugins = versions.filter(({ definition }) => definition.offers('http')).map(({ plugin }) => plugin);
  const [plugin] = plugins;
  if (plugin !== undefined && plugins.length === 1) return plugin;
  const found =
    plugins.length === 0 ? 'no plugin has http' : `several plugins have http: ${plugins.join(', ')}`;
  const remedy =
    plugins.length === 0 ? 'give one to definePlugin' : "say which answers what: mount: { '/': 'web' }";
  throw new LiveswapError('OPTION_INVALID', `Cannot serve: ${found}; ${remedy}.`, {
    option: 'mount',
    plugins,
  });
}
