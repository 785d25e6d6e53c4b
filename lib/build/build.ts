import { relative } from 'node:path';
import { LiveswapError } from '../core/errors.js';
import type { BuildOptions } from './options.js';
import type { Finding } from './rule.js';
import { BuildSession, type PluginReport } from './session.js';

/** What `build` made. */
export interface BuildResult {
  readonly plugins: readonly PluginReport[];
}

/**
 * Builds plugins: type-checks them, runs the rules, and writes an artifact for each into `outDir`.
 *
 * @throws LiveswapError `BUILD_FAILED` when there are findings, which its field `findings` holds: the plugins that have none are
 * written, of the others the earlier artifact is left; `NO_PLUGINS`, `PLUGIN_DUPLICATE` or `OPTION_INVALID` when there is nothing to begin with.
 *
 * @example
 * const { plugins } = await build({ sources: ['plugins/guardian'], outDir: 'dist/plugins' });
 */
export async function build(options: BuildOptions): Promise<BuildResult> {
  const session = new BuildSession(options);
  try {
    const plugins = await session.build();
    const findings = plugins.flatMap((plugin) => plugin.findings);
    if (findings.length > 0) throw buildFailed(findings);
    return { plugins };
  } finally {
    await session.close();
  }
}

const SHOWN = 5;

/** The error that holds findings; its message shows the first ones. */
export function buildFailed(findings: readonly Finding[]): LiveswapError {
  const plugins = [...new Set(findings.map(({ plugin }) => plugin))];
  const shown = findings.slice(0, SHOWN).map(lineOf);
  if (findings.length > SHOWN) shown.push(`  … and ${findings.length - SHOWN} more`);
  return new LiveswapError(
    'BUILD_FAILED',
    `Cannot build ${plugins.join(', ')}: ${findings.length} ${findings.length === 1 ? 'finding' : 'findings'}.\n${shown.join('\n')}`,
    { findings, plugins },
  );
}

function lineOf({ file, line, column, rule, problem, remedy }: Finding): string {
  const path = relative(process.cwd(), file);
  return `  ${path.startsWith('..') ? file : path}:${line}:${column} ${rule}: ${[problem, remedy].filter(Boolean).join(' ')}`;
}
