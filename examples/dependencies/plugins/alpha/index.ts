import { definePlugin, type ExportsOf } from 'liveswap/plugin';

const plugin = definePlugin({
  exports: { name: () => 'alpha 1' },
});

export default plugin;
export type AlphaApi = ExportsOf<typeof plugin>;
