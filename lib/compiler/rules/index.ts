import type { Rule } from '../rule.js';
import { cloneableBoundary } from './cloneable-boundary/cloneable-boundary.js';
import { noCrossImports } from './no-cross-imports/no-cross-imports.js';
import { noGlobals } from './no-globals/no-globals.js';
import { noLongTasks } from './no-long-tasks/no-long-tasks.js';
import { noProcessControl } from './no-process-control/no-process-control.js';
import { pluginShape } from './plugin-shape/plugin-shape.js';

/** Recorded in the manifest; incremented when a rule is added or refuses more than before. */
export const RULES_VERSION = 1;

/** Every rule that a plugin must pass. */
export const rules: readonly Rule[] = [
  cloneableBoundary,
  noCrossImports,
  noGlobals,
  noLongTasks,
  noProcessControl,
  pluginShape,
];
