import { definePlugin } from 'liveswap/plugin';

/** The extension of the host, as this plugin sees it: every method is async. */
interface Router {
  route(path: string, handler: () => string): Promise<void>;
}

export default definePlugin({
  async onInit(vault) {
    const router = vault.extension as Router;
    await router.route('/users', () => 'Ada, Grace, Katherine');
  },
});
