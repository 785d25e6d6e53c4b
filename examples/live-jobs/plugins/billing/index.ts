import { context, definePlugin } from 'liveswap/plugin';

export default definePlugin({});

/** The total billed so far, in cents: the host keeps it, so it outlives every version. */
export async function live_total(): Promise<number> {
  return ((await context.vault.dataBag.get('billed')) as number | undefined) ?? 0;
}
