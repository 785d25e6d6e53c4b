export { watch } from './watch.js';
export type { Watcher, WatchOptions } from './watcher.js';
export { watchChannel, type WatchEvent, type WatchMessage } from './watch-event.js';
export { reloadOnSignal, type SignalOptions } from './reload-on-signal.js';
