import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { adaptedApp, type AdaptedApp } from '../helpers/adapted-app.js';
import type { Files } from '../helpers/write-plugins.js';

/** Makes a server's folder beside the packages that `npm run test:adapters` installs. */
export async function appWithPackages(files: Files): Promise<AdaptedApp> {
  const app = await adaptedApp(files);
  const packages = fileURLToPath(new URL('packages/node_modules', import.meta.url));
  await symlink(packages, join(app.folder, 'node_modules'), 'junction');
  return app;
}
