export { defineAdapter } from './adapter.js';
export type { Adapter, AdapterDefinition, ExportAdapter } from './adapter.js';
export { takesWork } from './takes-work.js';
export type { Given, Loose, TakesWork, TakesWorkSteps, WaitingMethod } from './takes-work.js';
