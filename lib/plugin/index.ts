export { definePlugin } from './definition.js';
export type {
  AnyFunction,
  ExportsOf,
  FunctionsOf,
  FunctionTable,
  PluginDefinition,
  Remote,
} from './definition.js';
export { context, lifetimeOf, transfer } from './context.js';
export type { Cause } from './cause.js';
export { every } from './every.js';
export { kept } from './kept.js';
export type { Kept, KeptOptions } from './kept.js';
export { importPlugin } from './import-plugin.js';
export { resource } from './resource.js';
export type { Resource, ResourceOptions } from './resource.js';
export type { Logger } from '../core/logger.js';
export type { RunningCall } from './host-binding.js';
export type { LiveCall, LiveTable } from './live-call.js';
// `live.d.ts` adds to these types: only exported ones can be added to.
export type * from '../live-data/live-registry.js';
export type { DataBag, Vault } from './vault.js';
export { isLiveData, LiveData } from '../live-data/live-data.js';
export type { LiveDataWire } from '../live-data/live-data.js';
