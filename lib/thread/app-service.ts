import type { MessagePort } from 'node:worker_threads';
import type { AppOptions } from '../surface/app-notes.js';
import type { OpenService, Service } from './services.js';

/** The definition in the artifact of an app: the app itself, which its own runtime runs. */
interface AppDefinition {
  readonly app?: Service & {
    open(
      port: MessagePort,
      options: AppOptions,
      evaluated: () => void,
      run: (name: string) => () => void,
    ): void;
  };
}

/** Starts an app: runs its entry, which learns its addresses over `port`. */
export const openAppService: OpenService = async (port, options, host): Promise<Service> => {
  const { app } = host.definition as AppDefinition;
  if (!app) throw new Error('This artifact holds no app: build it with `liveswap build --app`.');
  app.open(port, options as AppOptions, host.evaluated, (name) => host.holdRunning(name));
  return app;
};
