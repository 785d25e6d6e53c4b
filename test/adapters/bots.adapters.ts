import { expect, test } from 'vitest';
import { touch } from '../helpers/adapted-app.js';
import { botApi } from './bot-api.js';
import { appWithPackages } from './linked-packages.js';

const EDITS = 20;
/** Maximum number of updates that wait for the bot. */
const AHEAD = 200;

const grammy = (url: string): string => `
import { Bot } from 'grammy';
import { tell } from './tell.mjs';
const bot = new Bot('1:sword', { client: { apiRoot: '${url}' } });
bot.on('message:text', async (ctx) => {
  await new Promise((resolve) => setTimeout(resolve, 5));
  tell(ctx.message.text);
});
process.once('SIGTERM', () => bot.stop());
await bot.start();`;

const telegraf = (url: string): string => `
import { Telegraf } from 'telegraf';
import { tell } from './tell.mjs';
const bot = new Telegraf('1:sword', { telegram: { apiRoot: '${url}' } });
bot.on('text', async (ctx) => {
  await new Promise((resolve) => setTimeout(resolve, 5));
  tell(ctx.message.text);
});
bot.launch();
process.once('SIGTERM', () => bot.stop('SIGTERM'));`;

test.each([
  ['grammY', grammy],
  ['Telegraf', telegraf],
])(
  'a bot of %s is edited twenty times under load: each update is handled once, and nobody polls beside it',
  async (_name, code) => {
    const api = await botApi();
    const text = code(api.url);
    const { folder, told, lines, serve } = await appWithPackages({ 'bot.mjs': text });
    const app = await serve('bot.mjs');
    let isOver = false;
    let sent = 0;
    const load = (async () => {
      while (!isOver) {
        // Updates are sent not far ahead of the bot, which would not catch up on a busy machine.
        if (sent - told.length < AHEAD) api.send(String(sent++));
        await new Promise((resolve) => setTimeout(resolve, 7));
      }
    })();
    for (let edition = 2; edition <= EDITS + 1; edition++) {
      await touch(folder, 'bot.mjs', text, edition);
      expect(await app.reload()).toEqual({ gate: 'ok' });
    }
    isOver = true;
    await load;
    await expect.poll(() => told.length).toBe(sent);
    expect(told.map(Number).toSorted((one, other) => one - other)).toEqual(
      Array.from({ length: sent }, (_one, index) => index),
    );
    expect(api.conflicts).toBe(0);
    expect(lines.filter(({ level }) => level === 'error')).toEqual([]);
  },
);
