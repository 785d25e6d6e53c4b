import { basename, dirname } from 'node:path';
import type { PluginFolder } from './plugin-folders.js';
import type { Finding } from './rule.js';

/** Returns a warning for each file beside plugin folders, which is part of no plugin although its author may think so. */
export function strayWarnings({ name, folder, strays }: PluginFolder): Finding[] {
  return strays.map((file) => ({
    rule: 'plugin-shape',
    plugin: name,
    file,
    line: 1,
    column: 1,
    endLine: 1,
    endColumn: 1,
    ...(dirname(file) === dirname(folder) ? besidePlugins(file) : noPlugin(file)),
  }));
}

type Advice = Pick<Finding, 'problem' | 'remedy'>;

function besidePlugins(file: string): Advice {
  return {
    problem: `${basename(file)} lies beside plugin folders, and is part of none of them unless one imports it.`,
    remedy: 'Put it into the plugin that it belongs to, or into a folder of its own beside them.',
  };
}

function noPlugin(file: string): Advice {
  const name = basename(dirname(file));
  return {
    problem: `${name} is no plugin: its ${basename(file)} is JavaScript, and is part of none unless one imports it.`,
    remedy: 'If it is to be a plugin, rename it to index.ts.',
  };
}
