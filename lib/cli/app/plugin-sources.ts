import { join, resolve } from 'node:path';
import { artifactFolder } from '../../app/artifact-folder.js';
import type { PluginSources } from '../../app/watch-app.js';
import { adapterOptions, type AdapterFlags } from '../adapter-flags.js';

/** Sources of plugins beside an app; `outDir` is the folder for their artifacts. */
export interface PluginsBeside extends PluginSources {
  readonly outDir: string;
  close(): Promise<void>;
}

/**
 * Resolves to the sources of plugins beside an app, built once; `undefined` without a folder. They are built in a process of
 * their own, because the host's thread serves.
 */
export async function pluginSources(
  folder: string | undefined,
  entry: string,
  flags: AdapterFlags,
): Promise<PluginsBeside | undefined> {
  if (folder === undefined) return undefined;
  const [{ RemoteBuildSession }, { buildFailed }, { findingsOf }] = await Promise.all([
    import('../../compiler/remote/remote-session.js'),
    import('../../compiler/diagnostics/build-failed.js'),
    import('../../compiler/report.js'),
  ]);
  const outDir = join(await artifactFolder(entry, { plugins: folder }), 'plugins');
  const session = new RemoteBuildSession({ sources: [resolve(folder)], outDir, ...adapterOptions(flags) });
  /** Paths of changes that no build has taken in yet, because it failed first. */
  const owed = new Set<string>();
  const sources: PluginsBeside = {
    folder: resolve(folder),
    outDir,
    build: async (changed) => {
      for (const path of changed) owed.add(path);
      const findings = findingsOf(await session.rebuild(owed));
      owed.clear();
      if (findings.length > 0) throw buildFailed(findings);
    },
    close: () => session.close(),
  };
  try {
    await sources.build([]);
    return sources;
  } catch (error) {
    await sources.close();
    throw error;
  }
}
