import { context, definePlugin } from 'liveswap/plugin';

export default definePlugin({});

/** What was billed so far, in cents: kept by the host, so it outlives every version. */
export async function live_total(): Promise<number> {
  return ((await context.vault.dataBag.get('billed')) as number | undefined) ?? 0;
}
