import { ownBuild, replacedPackage } from '../core/own-build.js';
import { FrozenFiles } from './frozen-files.js';
import { moduleHooks, type LoaderData, type ModuleHooks } from './modules.js';

// Runs in the thread of module hooks, on versions of Node that require one.

let hooks: ModuleHooks | undefined;

export function initialize({ table, news, build, ...data }: LoaderData): void {
  if (build !== ownBuild) throw replacedPackage();
  hooks = moduleHooks(new FrozenFiles(table), data, (path) => news.postMessage(path));
}

export const resolve: ModuleHooks['resolve'] = (specifier, context, next) =>
  hooks ? hooks.resolve(specifier, context, next) : next(specifier, context);

export const load: ModuleHooks['load'] = (url, context, next) =>
  hooks ? hooks.load(url, context, next) : next(url, context);
