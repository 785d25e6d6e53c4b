import { defineAdapter } from '../adapter.js';
import { takesWork } from '../takes-work.js';
import { offsetOf, whenStopped, type PollPosition } from './poll-position.js';

interface Update {
  readonly update_id: number;
}

interface Bot {
  lastTriedUpdateId: number;
  isRunning(): boolean;
  stop(): Promise<unknown>;
  handleUpdate(update: Update, ...rest: unknown[]): Promise<unknown>;
}

/** Facts about a bot. */
interface Polling {
  isPaused: boolean;
  /** The last update that the bot has begun to handle. */
  begun: number | undefined;
  /** Settles when the bot's loop has ended. */
  loop: Promise<unknown>;
}

const pollings = new WeakMap<Bot, Polling>();

const bot = takesWork<Bot>({
  pause: async (made): Promise<PollPosition | undefined> => {
    if (!made.isRunning()) return undefined;
    const polling = pollingOf(made);
    polling.isPaused = true;
    const offset = made.lastTriedUpdateId + 1;
    // Stopping confirms the offset. A server that cannot be reached delivers no updates either.
    await made.stop().catch(() => {});
    return { offset };
  },
  end: (made) => made.stop(),
  hold: ['handleUpdate'],
  waits: {
    start: async (proceed, made, { previous }) => {
      const polling = pollingOf(made);
      polling.isPaused = false;
      await polling.loop;
      const offset = offsetOf(previous);
      if (polling.begun !== undefined) made.lastTriedUpdateId = polling.begun;
      else if (offset !== undefined) made.lastTriedUpdateId = offset - 1;
      const running = Promise.resolve(proceed());
      polling.loop = running.catch(() => {});
      return whenStopped(running, () => polling.isPaused);
    },
  },
});

/** Returns the facts about a bot. When it pauses, updates that were fetched but not begun are left to the next version. */
function pollingOf(made: Bot): Polling {
  const known = pollings.get(made);
  if (known) return known;
  const polling: Polling = { isPaused: false, begun: undefined, loop: Promise.resolve() };
  pollings.set(made, polling);
  const handle = made.handleUpdate.bind(made);
  made.handleUpdate = async (update, ...rest) => {
    if (polling.isPaused) return undefined;
    polling.begun = update.update_id;
    return handle(update, ...rest);
  };
  return polling;
}

export default defineAdapter('grammy', { versions: '^1.0.0', exports: { Bot: bot } });
