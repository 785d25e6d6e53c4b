import { LiveswapError } from '../../core/errors.js';
import type { Finding } from '../rule.js';
import { shownPath } from './shown-path.js';

const SHOWN = 5;

/** Returns the error of a build with findings: its field `findings` holds all of them, its message shows the first. */
export function buildFailed(findings: readonly Finding[]): LiveswapError {
  const plugins = [...new Set(findings.map(({ plugin }) => plugin))];
  const shown = findings.slice(0, SHOWN).map(lineOf);
  if (findings.length > SHOWN) shown.push(`… and ${findings.length - SHOWN} more`);
  const count = findings.length === 1 ? '1 finding' : `${findings.length} findings`;
  return new LiveswapError(
    'BUILD_FAILED',
    `Cannot build ${plugins.join(', ')}: ${count}.\n${shown.map((line) => `  ${line}`).join('\n')}`,
    { findings, plugins },
  );
}

function lineOf({ file, line, column, rule, problem, remedy }: Finding): string {
  return `${shownPath(file)}:${line}:${column} ${rule}: ${[problem, remedy].filter(Boolean).join(' ')}`;
}
