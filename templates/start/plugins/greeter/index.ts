import { definePlugin, type ExportsOf } from 'liveswap/plugin';

const plugin = definePlugin({
  exports: {
    greet: async (name: string) => `Hello, ${name}!`,
  },
});
export default plugin;

/** What other plugins may call. */
export type GreeterApi = ExportsOf<typeof plugin>;
