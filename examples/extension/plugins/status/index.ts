import { context, definePlugin } from 'liveswap/plugin';

interface Router {
  route(path: string, handler: () => string): Promise<void>;
}

export default definePlugin({
  async onInit(vault) {
    const router = vault.extension as Router;
    await router.route('/status', () => `well, says ${context.plugin}@${context.version}`);
  },
});
