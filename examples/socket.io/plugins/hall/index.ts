import { definePlugin } from 'liveswap/plugin';

/** The host's next action: let the socket join a room, or send something to a room or a socket. */
export interface Answer {
  join?: string;
  emit?: { to: string; event: string; data: unknown };
}

export default definePlugin({});

/** Handles one event of one socket. */
export async function live_onEvent(
  socket: string,
  event: string,
  data?: unknown,
): Promise<Answer | undefined> {
  if (event === 'enter') return { join: String(data), emit: { to: socket, event: 'entered', data } };
  if (event === 'say')
    return { emit: { to: 'hall', event: 'said', data: `${String(data)}, said in the hall` } };
  return undefined;
}
