export { tracing, type TracingOptions } from './tracing.js';
export type { CallTrace, SideTracing, TracedCall, Tracing, TracingModules } from '../core/tracing.js';
