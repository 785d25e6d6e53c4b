import { definePlugin } from 'liveswap/plugin';

/** Data that the host keeps for each socket; it outlives every version. */
export interface ChatSession {
  messages: number;
}

export default definePlugin({});

/** Answers one message of one socket; returns the data that the host keeps. */
export async function live_message(
  session: ChatSession,
  text: string,
): Promise<{ session: ChatSession; reply: string }> {
  const messages = session.messages + 1;
  return { session: { ...session, messages }, reply: `${text}, heard as number ${messages}` };
}
