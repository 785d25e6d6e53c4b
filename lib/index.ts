export { Swapper } from './swap/swapper.js';
export { swapperDefaults, type OnReload, type SwapperOptions } from './swap/options.js';
export type { PluginOptions } from './swap/plugin-options.js';
export { Generation, type Invoked } from './swap/generation.js';
export type { PluginHandle } from './swap/plugin-handle.js';
export type { ReloadOptions } from './swap/reload-options.js';
export type { PinOptions, Session } from './swap/session.js';
export type { ArtifactWatcher, ArtifactWatchOptions } from './files/artifact-watcher.js';
export type { Caller } from './swap/caller.js';
export type { Details } from './swap/details.js';
export type { Note } from './swap/plan.js';
export type { Compatibility, ContractBreak } from './contract/check-release.js';
export type { CallOptions } from './dispatch/call-request.js';
export type { FieldsByCode, FieldsOf } from './core/error-fields.js';
export { errorCodes, isLiveswapError, LiveswapError, type ErrorCode } from './core/errors.js';
export { lifetimeOf } from './link/callback.js';
export { swapChannel, type ChangeTimes, type SwapEvent, type SwapMessage } from './observe/events.js';
export { METRICS_CONTENT_TYPE } from './observe/metrics.js';
export type {
  KeptBy,
  PendingCall,
  PluginStats,
  SwapperStats,
  ThreadStats,
  VersionStats,
} from './observe/stats.js';
export type { Logger } from './core/logger.js';
export type { StaticPlugin, StaticPlugins } from './static/static-plugins.js';
export type { LiveCall, LiveTable } from './plugin/live-call.js';
// `live.d.ts` adds to these types: only exported ones can be added to.
export type * from './live-data/live-registry.js';
export type { DataBag, Vault } from './plugin/vault.js';
export { isLiveData, LiveData, type LiveDataWire } from './live-data/live-data.js';
export type { Manifest } from './manifest/manifest.js';
