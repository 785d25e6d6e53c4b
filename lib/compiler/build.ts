import { checkNames } from '../core/check-options.js';
import { buildFailed } from './diagnostics/build-failed.js';
import { buildChecks, type BuildOptions, type CheckOptions } from './options.js';
import { findingsOf, type BuiltPlugin, type CheckedPlugin, type PluginReport } from './report.js';
import { BuildSession } from './session.js';

/** Result of `build`. */
export interface BuildResult {
  /** The plugins that were built; empty when only the entries were written. */
  readonly plugins: readonly BuiltPlugin[];
}

/** Result of `check` when there are no findings. */
export interface CheckResult {
  /** The plugins that were checked. */
  readonly plugins: readonly CheckedPlugin[];
}

/**
 * Builds plugins: type-checks them, runs the rules, and writes an artifact for each into `outDir`, together with `live.d.ts`.
 *
 * @throws LiveswapError `BUILD_FAILED` when there are findings, which are in its field `findings`. Plugins without findings are
 * written; the others keep their earlier artifact. `NO_PLUGINS`, `PLUGIN_DUPLICATE` or `OPTION_INVALID` when the build cannot
 * begin; `COPY_FAILED` when an artifact cannot be written.
 *
 * @example
 * const { plugins } = await build({ sources: ['plugins/guardian'], outDir: 'dist/plugins' });
 */
export async function build(options: BuildOptions): Promise<BuildResult> {
  const reports = await once(options, (session) => session.build());
  return { plugins: reports.filter((report) => 'artifact' in report) };
}

/**
 * Type-checks plugins and runs the rules; writes nothing.
 *
 * @throws LiveswapError as {@link build} does.
 */
export async function check(options: CheckOptions): Promise<CheckResult> {
  checkNames(options, Object.keys(buildChecks), ['sources']);
  const reports = await once({ ...options, outDir: '.' }, (session) => session.check());
  return { plugins: reports.filter((report) => report.state === 'checked') };
}

async function once(
  options: BuildOptions,
  run: (session: BuildSession) => Promise<PluginReport[]>,
): Promise<PluginReport[]> {
  const session = new BuildSession(options);
  try {
    const reports = await run(session);
    const findings = findingsOf(reports);
    if (findings.length > 0) throw buildFailed(findings);
    return reports;
  } finally {
    await session.close();
  }
}
