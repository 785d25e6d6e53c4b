import { serve } from 'liveswap/http';

/**
 * Serves with plugins that are loaded: `liveswap dev` calls it, and so does main.js.
 * @param {import('liveswap').Swapper} swapper
 */
export default async function startServer(swapper) {
  const server = await serve(swapper, { port: Number(process.env.PORT ?? 3000) });
  console.log(`serving on ${server.url}`);
  return () => server.close();
}
