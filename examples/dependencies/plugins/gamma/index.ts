import { definePlugin, importPlugin } from 'liveswap/plugin';
import type { BetaApi } from '../beta/index.js';

const beta = importPlugin<BetaApi>('beta');

export default definePlugin({});

export async function live_chain(): Promise<string> {
  return `gamma 1 on ${await beta.name()}`;
}
