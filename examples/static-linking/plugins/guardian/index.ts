import { context, definePlugin } from 'liveswap/plugin';

export default definePlugin({
  onInit: () => context.log.info({}, 'The guardian is at the gate.'),
});

export async function live_salute(name: string): Promise<string> {
  const greeting = `Hail ${name}`;
  return `${greeting}, says ${context.plugin} in thread ${context.thread.index} of ${context.thread.count}.`;
}
