import { ownBuild, replacedPackage } from '../core/own-build.js';
import { FrozenFiles } from './frozen-files.js';
import { moduleHooks, type LoaderData, type LoaderMessage, type ModuleHooks } from './modules.js';
import { otherFiles } from './other-files.js';

// Runs in the thread of module hooks, on versions of Node that require one.

let hooks: ModuleHooks | undefined;

export function initialize({ table, toApp, build, ...data }: LoaderData): void {
  if (build !== ownBuild) throw replacedPackage();
  const say = (message: LoaderMessage): void => toApp.postMessage(message);
  const files = new FrozenFiles(table, () => otherFiles((missing) => say({ missing })));
  hooks = moduleHooks(files, data, (news) => say({ news }));
}

export const resolve: ModuleHooks['resolve'] = (specifier, context, next) =>
  hooks ? hooks.resolve(specifier, context, next) : next(specifier, context);

export const load: ModuleHooks['load'] = (url, context, next) =>
  hooks ? hooks.load(url, context, next) : next(url, context);
