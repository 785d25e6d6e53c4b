import { defineAdapter } from '../adapter.js';
import { takesWork } from '../takes-work.js';
import { offsetOf, whenStopped, type PollPosition } from './poll-position.js';

type CallApi = (method: string, payload: { offset?: number }, ...rest: unknown[]) => Promise<unknown>;

interface Telegraf {
  readonly telegram: { callApi: CallApi };
  readonly polling?: { readonly offset: number; skipOffsetSync: boolean; stop(): void };
}

const paused = new WeakSet<Telegraf>();

const bot = takesWork<Telegraf>({
  pause: async (made): Promise<PollPosition | undefined> => {
    const { polling, telegram } = made;
    if (!polling) return undefined;
    const { offset } = polling;
    paused.add(made);
    // The bot would confirm again after its last update was handled, when the next version is already polling.
    polling.skipOffsetSync = true;
    polling.stop();
    if (offset > 0) await telegram.callApi('getUpdates', { offset, limit: 1 } as object).catch(() => {});
    return { offset };
  },
  end: (made) => made.polling?.stop(),
  hold: ['handleUpdate'],
  waits: {
    launch: (proceed, made, { previous }) => {
      paused.delete(made);
      beginAt(made, offsetOf(previous));
      return whenStopped(proceed(), () => paused.has(made));
    },
  },
});

/** Lets the first poll begin where the previous version stopped. */
function beginAt({ telegram }: Telegraf, offset: number | undefined): void {
  if (offset === undefined) return;
  const { callApi } = telegram;
  telegram.callApi = (method, payload, ...rest) => {
    if (method !== 'getUpdates') return callApi.call(telegram, method, payload, ...rest);
    telegram.callApi = callApi;
    return callApi.call(telegram, method, { ...payload, offset: payload.offset || offset }, ...rest);
  };
}

export default defineAdapter('telegraf', { versions: '>=4.11 <5', exports: { Telegraf: bot } });
