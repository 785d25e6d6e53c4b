import { createRequire } from 'node:module';
import { ts } from 'ts-morph';
import { messageOf } from '../../core/errors.js';
import type { NativeApi } from './native-compiler.js';

/** TypeScript before version 7: a compiler in JavaScript. */
export type ClassicTypeScript = typeof ts;

/** TypeScript that checks the types of an app. */
export type FoundTypeScript =
  /** The app has no TypeScript, or the same minor version as liveswap. */
  | { readonly kind: 'ours' }
  | { readonly kind: 'classic'; readonly version: string; readonly typescript: ClassicTypeScript }
  | { readonly kind: 'native'; readonly version: string; readonly open: NativeApi }
  /** The app has another version, which cannot be used from here. */
  | { readonly kind: 'unusable'; readonly version: string; readonly reason: string };

/** Modules of an app, by specifier. */
export type RequireOfApp = (specifier: string) => unknown;

/** Returns the TypeScript that an app has, as found from its tsconfig.json. */
export function findTypeScript(
  tsconfig: string,
  require: RequireOfApp = createRequire(tsconfig),
): FoundTypeScript {
  const version = versionOf(require);
  if (version === undefined || minorOf(version) === ts.versionMajorMinor) return { kind: 'ours' };
  const unusable = (reason: string): FoundTypeScript => ({ kind: 'unusable', version, reason });
  const major = Number.parseInt(version, 10);
  if (major < OLDEST) return unusable(`it is older than ${OLDEST}.0`);
  try {
    if (major >= FIRST_NATIVE) {
      const { API } = require('typescript/unstable/sync') as { API?: NativeApi };
      return API ? { kind: 'native', version, open: API } : unusable('its API is another one');
    }
    return { kind: 'classic', version, typescript: require('typescript') as ClassicTypeScript };
  } catch (error) {
    return unusable(messageOf(error));
  }
}

/** The oldest version that can read the declarations of `liveswap/plugin`. */
const OLDEST = 5;
/** From this version on, the compiler is a separate process with another API. */
const FIRST_NATIVE = 7;

function versionOf(require: RequireOfApp): string | undefined {
  try {
    const { version } = require('typescript/package.json') as { version?: unknown };
    return typeof version === 'string' ? version : undefined;
  } catch {
    return undefined;
  }
}

/** Returns the major and minor part of a version. */
function minorOf(version: string): string {
  return version.split('.', 2).join('.');
}
