import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

interface Poll {
  answer(status: number, body: object): void;
}

/** A Bot API of one bot: it gives updates until they are confirmed, and to one poll at a time. */
export interface BotApi {
  readonly url: string;
  /** Number of polls that were cut off because another one came. */
  readonly conflicts: number;
  send(text: string): void;
}

export async function botApi(): Promise<BotApi> {
  const updates: { update_id: number; message: object }[] = [];
  let lastId = 100;
  let conflicts = 0;
  let waiting: Poll | undefined;
  const give = (limit: number): object => ({ ok: true, result: updates.slice(0, limit) });

  const server = createServer(async (request, response) => {
    const answer = (status: number, body: object): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    const method = request.url?.split('/').at(-1)?.split('?')[0];
    const { offset = 0, limit = 100, timeout = 0 } = await bodyOf(request);
    if (method === 'getMe') {
      const me = { id: 1, is_bot: true, first_name: 'Guardian', username: 'guardian_bot' };
      return answer(200, { ok: true, result: me });
    }
    if (method !== 'getUpdates') return answer(200, { ok: true, result: true });
    if (waiting) {
      conflicts++;
      waiting.answer(409, {
        ok: false,
        error_code: 409,
        description: 'Conflict: terminated by other getUpdates request',
      });
      waiting = undefined;
    }
    while (updates[0] && updates[0].update_id < offset) updates.shift();
    if (updates.length > 0 || timeout === 0) return answer(200, give(limit));
    const poll = { answer };
    waiting = poll;
    return response.on('close', () => {
      if (waiting === poll) waiting = undefined;
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const chat = { id: 7, type: 'private', first_name: 'Arthur' };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get conflicts() {
      return conflicts;
    },
    send(text) {
      const message = { message_id: ++lastId, date: 1, chat, from: { ...chat, is_bot: false }, text };
      updates.push({ update_id: lastId, message });
      waiting?.answer(200, give(100));
      waiting = undefined;
    },
  };
}

async function bodyOf(
  request: IncomingMessage,
): Promise<{ offset?: number; limit?: number; timeout?: number }> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return parts.length > 0 ? (JSON.parse(Buffer.concat(parts).toString()) as object) : {};
}
