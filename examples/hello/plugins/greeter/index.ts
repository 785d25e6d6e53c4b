import { definePlugin } from 'liveswap/plugin';

export default definePlugin({});

const greeting = 'Hello';

/** Answers every request of the host. */
export async function live_greet(path: string): Promise<string> {
  return `${greeting}, ${path.slice(1) || 'world'}!`;
}
