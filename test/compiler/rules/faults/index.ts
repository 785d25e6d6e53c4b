import { boundaryFaults } from './cloneable-boundary.js';
import { importFaults } from './no-cross-imports.js';
import { globalFaults } from './no-globals.js';
import { taskFaults } from './no-long-tasks.js';
import { processFaults } from './no-process-control.js';
import { shapeFaults } from './plugin-shape.js';
import type { Fault } from './fault.js';

export type { Fault } from './fault.js';

/** Mistakes of every kind, each found by one rule. */
export const faults: readonly Fault[] = [
  ...globalFaults,
  ...taskFaults,
  ...importFaults,
  ...processFaults,
  ...boundaryFaults,
  ...shapeFaults,
];
