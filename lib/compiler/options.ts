import {
  areStrings,
  areTexts,
  checkOptions,
  isBoolean,
  isFunction,
  isObject,
  isText,
  type Check,
  type Checks,
} from '../core/check-options.js';
import { LiveswapError } from '../core/errors.js';

/** Steps of a build for one plugin, in this order; `stubs` is for all plugins at once. */
export type BuildStep = 'collect' | 'types' | 'rules' | 'facts' | 'bundle' | 'write' | 'stubs';

/** Progress of a build, as given to `onProgress`. */
export interface BuildProgress {
  /** The step that begins. */
  readonly step: BuildStep;
  /** Name of the plugin; `undefined` in steps that are for all plugins. */
  readonly plugin?: string;
}

/** Options for checking the sources of plugins. */
export interface CheckOptions {
  /** Plugin folders, or folders that hold plugin folders. */
  readonly sources: readonly string[];
  /** Beginning of the names of live symbols, compared case-insensitively. Default `live_`. */
  readonly livePrefix?: string;
  /** True to report type errors. Default `true`. */
  readonly typecheck?: boolean;
  /** True to run the rules. Default `true`. */
  readonly rules?: boolean;
  /** Files are imported as text if their path, relative to the plugin's folder, matches. Default: none. */
  readonly include?: RegExp;
  /** Exceptions to `include`. Default: none. */
  readonly exclude?: RegExp;
  /**
   * Modules that tell, by `defineAdapter`, how to handle packages that take work by themselves. Default: the built-in ones alone.
   */
  readonly adapters?: readonly string[];
  /** Packages whose built-in adapters are not used. Default: none. */
  readonly noAdapters?: readonly string[];
  /**
   * Unsaved texts of an editor, by absolute path with forward slashes, which are read in place of the files. A `BuildSession` is
   * told of changed texts by the arguments of `check`. Default: none.
   */
  readonly unsaved?: ReadonlyMap<string, string>;
  /** Called at the start of each step. Default: nothing is called. */
  readonly onProgress?: (progress: BuildProgress) => void;
  /** Aborts the build between two steps; nothing is written after that. Default: none. */
  readonly signal?: AbortSignal;
}

/** Options for building artifacts. */
export interface BuildOptions extends CheckOptions {
  /** Folder of the artifacts; created when missing. */
  readonly outDir: string;
  /** Global names and the JSON they stand for; a value that is not JSON is taken as a string. Default: none. */
  readonly define?: Readonly<Record<string, string>>;
  /** Packages that are imported at run time instead of being put into the artifact; `*` matches anything. Default: none. */
  readonly external?: readonly string[];
  /** True to write `static-plugins.mjs` as well, for static linking. Default `false`. */
  readonly static?: boolean;
  /** True to write only the generated entry of each plugin, `<name>.entry.ts`, and no artifact. Default `false`. */
  readonly entryOnly?: boolean;
  /** True to write the generated entry of each plugin beside its artifact. Default `false`. */
  readonly leaveTemps?: boolean;
  /**
   * True to write artifacts before types and rules are checked: for a `BuildSession` whose `judge()` is called afterwards, and
   * for `watch`. Default `false`.
   */
  readonly swapBeforeCheck?: boolean;
  /** True to make artifacts smaller by shortening names and removing white space. Default `false`. */
  readonly minify?: boolean;
  /** True to put the source map into the artifact, so that stacks name the TypeScript. Default `true`. */
  readonly sourcemap?: boolean;
}

/** Default options. */
export const buildDefaults = {
  livePrefix: 'live_',
  typecheck: true,
  rules: true,
  define: {},
  external: [],
  adapters: [],
  noAdapters: [],
  static: false,
  entryOnly: false,
  leaveTemps: false,
  swapBeforeCheck: false,
  minify: false,
  sourcemap: true,
} as const;

const flag: Check = ['true or false', isBoolean];
const expression: Check = ['a regular expression', (value) => value instanceof RegExp];
const names: Check = ['a list of names', areStrings];
const text: Check = ['a text', (value) => typeof value === 'string'];

export const buildChecks: Checks<BuildOptions> = {
  sources: ['a list of folders, none of them empty', areTexts],
  livePrefix: text,
  typecheck: flag,
  rules: flag,
  include: expression,
  exclude: expression,
  unsaved: ['a Map of texts', (value) => value instanceof Map && areStrings([...value].flat())],
  adapters: ['a list of files, none of them empty', areTexts],
  noAdapters: names,
  onProgress: ['a function', isFunction],
  signal: ['an AbortSignal', (value) => value instanceof AbortSignal],
  outDir: ['the path of a folder', isText],
  define: ['an object of texts', (value) => isObject(value) && areStrings(Object.values(value))],
  external: names,
  static: flag,
  entryOnly: flag,
  leaveTemps: flag,
  swapBeforeCheck: flag,
  minify: flag,
  sourcemap: flag,
};

/** Options with every default filled in. */
export type ResolvedOptions = Required<Omit<BuildOptions, OptionalOption>> &
  Pick<BuildOptions, OptionalOption>;
type OptionalOption = 'include' | 'exclude' | 'unsaved' | 'onProgress' | 'signal';

/** @throws LiveswapError `OPTION_INVALID`, naming the option. */
export function resolveOptions(options: BuildOptions): ResolvedOptions {
  checkOptions(options, buildChecks, ['sources', 'outDir']);
  const resolved = { ...buildDefaults, ...defined(options) };
  if (resolved.sources.length === 0) throw invalid('sources', 'is empty', 'name at least one plugin folder');
  if (!/^[A-Za-z_$][\w$]*$/.test(resolved.livePrefix)) {
    throw invalid('livePrefix', `is '${resolved.livePrefix}'`, 'use the beginning of a JavaScript name');
  }
  for (const name of Object.keys(resolved.define)) {
    if (!dottedName.test(name))
      throw invalid('define', `holds '${name}'`, 'use a JavaScript name, or several with dots in between');
  }
  for (const name of resolved.external) {
    if (name === '' || name.split('*').length > 2)
      throw invalid('external', `holds '${name}'`, 'use the name of a package, with at most one *');
  }
  return resolved;
}

const dottedName = /^[\p{ID_Start}$_][\p{ID_Continue}$]*(\.[\p{ID_Start}$_][\p{ID_Continue}$]*)*$/u;

function defined(options: BuildOptions): BuildOptions {
  return Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined),
  ) as unknown as BuildOptions;
}

function invalid(option: string, found: string, remedy: string): LiveswapError {
  return new LiveswapError('OPTION_INVALID', `Cannot build: option ${option} ${found}; ${remedy}.`, {
    option,
  });
}
