export { mountPlugins, type MountOptions } from './mount-plugins.js';
export type { MountedPlugins } from './mounted-plugins.js';
export type { Mocks } from './mocks.js';
