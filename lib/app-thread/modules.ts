import { readFileSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { adapterModuleSource } from '../adapters/adapter-module.js';
import { ownBuild } from '../core/own-build.js';
import { hostBindingSpecifier } from '../plugin/own-symbols.js';
import { isPartOf, type AdaptedNames, type AdaptedPackages } from './adapted-packages.js';
import { freezeCommonJs } from './commonjs.js';
import type { Evaluation } from './evaluation.js';
import type { FrozenFiles, FrozenTable } from './frozen-files.js';
import { requiredEsModules } from './required-es-modules.js';
import { isUnseenRequire, orElse, resolveFrozen } from './resolve-frozen.js';
import { isWorkerThreads, MASK_URL, maskSource } from './worker-threads-mask.js';

/** Modules of liveswap that the app's own files find where the app runs. */
const OWN = new Set(['liveswap/plugin', 'liveswap/stores', hostBindingSpecifier]);
/** Begins the URL of a module that stands in for a package; the name of the package follows. */
const ADAPTED = '?liveswap-adapted=';

/** Arguments and result of the resolve hook. */
interface Resolution {
  readonly url: string;
  readonly format?: string;
  readonly shortCircuit?: boolean;
}

interface LoadedSource {
  readonly format: string;
  readonly source: string | Uint8Array | null;
  readonly shortCircuit?: boolean;
}

type Next<Context, Result> = (name: string, context: Context) => Result;

/** A result at once or later: see {@link ModuleHooks}. */
type Answer<Result> = Result | Promise<Result>;

/** Hooks of Node's module loader, for both of its APIs: `register` allows asynchronous results, `registerHooks` does not. */
export interface ModuleHooks {
  resolve(
    specifier: string,
    context: { readonly parentURL?: string; readonly conditions?: readonly string[] },
    next: Next<unknown, Answer<Resolution>>,
  ): Answer<Resolution>;
  load(url: string, context: unknown, next: Next<unknown, Answer<LoadedSource>>): Answer<LoadedSource>;
}

/** Dependencies of the module hooks. */
export interface ModuleDeps {
  readonly table: FrozenTable;
  /** Absolute path of the entry. */
  readonly entry: string;
  /** URL of the module that the app's own files find as `liveswap/plugin`. */
  readonly runtime: string;
  /** URL of the script for the thread of hooks, on versions of Node that require one. */
  readonly loader: string;
  readonly adapted: AdaptedPackages;
  /** Runs the app's own CommonJS modules. */
  readonly evaluation: Evaluation;
  /** Called once for each module of the app of which the build does not know that it is loaded. */
  readonly onNews: (path: string) => void;
  /** Called when the thread of hooks misses a copy; see {@link otherFiles}. */
  readonly onMissing: (awaited: SharedArrayBuffer) => void;
}

/** Data for the thread of the hooks. */
export interface LoaderData {
  readonly table: FrozenTable;
  readonly pluginUrl: string;
  readonly adapted: AdaptedNames;
  /** Absolute path of the entry. */
  readonly entry: string;
  /** Takes each {@link LoaderMessage}. */
  readonly toApp: MessagePort;
  /** The build of the code that sends this. */
  readonly build: string | undefined;
}

export interface LoaderMessage {
  /** Path of a module of the app of which the build does not know that it is loaded. */
  readonly news?: string;
  /** A copy is missing; see {@link otherFiles}. */
  readonly missing?: SharedArrayBuffer;
}

/** `module.registerHooks` of later versions of Node, which the types of Node 20 omit. */
type RegisterHooks = (hooks: ModuleHooks) => unknown;

/**
 * Makes `import` and `require` in this thread load frozen files under their original URLs, so that `import.meta.url`, stacks and
 * the resolution of packages are those of the originals.
 */
export function freezeModules(
  files: FrozenFiles,
  { table, entry, runtime, loader, adapted, evaluation, onNews, onMissing }: ModuleDeps,
): void {
  const { registerHooks } = nodeModule as { registerHooks?: RegisterHooks };
  const told = new Set<string>();
  const tellOnce = (path: string): void => {
    if (told.has(path)) return;
    told.add(path);
    onNews(path);
  };
  const onEsModule = registerHooks ? (): void => {} : requiredEsModules(files, adapted.names);
  freezeCommonJs(files, adapted, evaluation, tellOnce, onEsModule);
  const data = { table, entry, pluginUrl: runtime, adapted: adapted.names };
  if (registerHooks) return void registerHooks(moduleHooks(files, data, tellOnce));
  const { port1, port2 } = new MessageChannel();
  port1.on('message', ({ news, missing }: LoaderMessage) => {
    if (news !== undefined) tellOnce(news);
    if (missing) onMissing(missing);
  });
  port1.unref();
  const sent: LoaderData = { ...data, toApp: port2, build: ownBuild };
  nodeModule.register(loader, { data: sent, transferList: [port2] });
}

/** Starts the thread of hooks, on versions of Node that require one. It blocks this thread for 30 ms or more. */
export function prepareModules(): void {
  if (!('registerHooks' in nodeModule)) nodeModule.register('data:text/javascript,');
}

/** Returns the hooks that find and load modules. */
export function moduleHooks(
  files: FrozenFiles,
  { pluginUrl, entry, adapted }: Omit<LoaderData, 'table' | 'toApp' | 'build'>,
  onNews: (path: string) => void,
): ModuleHooks {
  const standInSource = (name: string, original: string): LoadedSource => {
    const given = `${JSON.stringify(name)}, ${JSON.stringify(original)}`;
    const source = adapterModuleSource({
      original,
      exports: adapted[name] ?? [],
      stands: `import { adaptedPackage } from ${JSON.stringify(pluginUrl)};
const stands = (exports) => adaptedPackage(${given}, exports);`,
    });
    return { format: 'module', source, shortCircuit: true };
  };
  return {
    resolve(specifier, context, next) {
      const parent = pathOf(context.parentURL);
      if (OWN.has(specifier) && parent !== undefined && files.isOwn(parent))
        return { url: pluginUrl, shortCircuit: true };
      if (parent !== undefined && isWorkerThreads(specifier) && files.isOwn(parent))
        return { url: MASK_URL, format: 'module', shortCircuit: true };
      // From Node 22 on, these hooks are asked for what is required, too.
      const isRequired = context.conditions?.includes('require') === true;
      const path = resolveFrozen(files, specifier, parent, isRequired ? 'require' : 'import');
      if (path === undefined) {
        const isAdapted = Object.hasOwn(adapted, specifier) && context.conditions?.includes('import');
        // `require` is handled elsewhere.
        if (!isAdapted || isPartOf(parent, specifier)) return next(specifier, context);
        return whenThere(next(specifier, context), ({ url }) => standIn(url, specifier));
      }
      // A `#` at the beginning is a name of the package's own `imports`, not a fragment.
      const query = isRequired ? '' : (/(?<=.)[?#].*$/.exec(specifier)?.[0] ?? '');
      // By its format, Node reads the names that a module gives on from another one, whatever the ending of that is.
      const format = files.at(path)?.format === 'commonjs' && { format: 'commonjs' };
      const frozen = { url: pathToFileURL(path).href + query, ...format, shortCircuit: true };
      if (!isRequired || !isUnseenRequire(files, specifier, parent)) return frozen;
      return orElse(() => next(specifier, context), frozen);
    },
    load(url, context, next) {
      if (url === MASK_URL) return { format: 'module', source: maskSource, shortCircuit: true };
      const [original = url, name] = url.split(ADAPTED);
      if (name !== undefined) return standInSource(name, original);
      const path = pathOf(url);
      if (path !== undefined && files.isNews(path)) onNews(path);
      const format = path === undefined ? undefined : files.at(path)?.format;
      const code = path === undefined ? undefined : files.codeOf(path);
      if (code === undefined || format === undefined || format === 'addon') return next(url, context);
      const source = format === 'wasm' ? readFileSync(code) : readFileSync(code, 'utf8');
      if (format === 'commonjs') return { format, source: asRequired(source as string), shortCircuit: true };
      if (path !== entry || format !== 'module') return { format, source, shortCircuit: true };
      return { format, source: asMain(source as string), shortCircuit: true };
    },
  };
}

/** Returns the URL of the module that stands in for a package. */
function standIn(url: string, name: string): Resolution {
  if (!url.startsWith('file:')) return { url };
  return { url: `${url}${ADAPTED}${name}`, format: 'module', shortCircuit: true };
}

function whenThere<Result>(answer: Answer<Result>, change: (result: Result) => Result): Answer<Result> {
  return answer instanceof Promise ? answer.then(change) : change(answer);
}

/** Returns the text of the entry as a main module, in which `import.meta.main` is true if the platform has it. No line moves. */
function asMain(source: string): string {
  if (!Object.hasOwn(import.meta, 'main')) return source;
  const shebang = /^#!.*\n?/.exec(source)?.[0] ?? '';
  return `${shebang}Object.defineProperty(import.meta, 'main', { value: true });${source.slice(shebang.length)}`;
}

/**
 * Returns the text of a CommonJS module that is imported: its names can be read from it, and the loader of CommonJS runs it. The
 * one of ES modules would give it a `require` of its own, which fails for ES modules on Node 20, and for stand-ins on Node 22.
 */
function asRequired(source: string): string {
  const shebang = /^#!.*\n?/.exec(source)?.[0] ?? '';
  return `${shebang}return arguments[2].constructor._load(arguments[3]);${source.slice(shebang.length)}`;
}

function pathOf(url: string | undefined): string | undefined {
  return url?.startsWith('file:') ? fileURLToPath(url.replace(/[?#].*$/, '')) : undefined;
}
