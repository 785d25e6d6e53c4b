export { tracing, type TracingOptions } from './tracing.js';
export type { CallTrace, TracedCall, Tracing, TracingModules } from '../core/tracing.js';
