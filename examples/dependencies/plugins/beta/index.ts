import { definePlugin, importPlugin, type ExportsOf } from 'liveswap/plugin';
import type { AlphaApi } from '../alpha/index.js';

const alpha = importPlugin<AlphaApi>('alpha');

const plugin = definePlugin({
  exports: { name: async () => `beta 1 on ${await alpha.name()}` },
});

export default plugin;
export type BetaApi = ExportsOf<typeof plugin>;
