import { expect, test } from 'vitest';
import type { Connection } from '../../lib/dispatch/connection.js';
import { Lookout } from '../../lib/dispatch/lookout.js';

/** Makes a lookout for one busy connection, and records its probes. */
function lookoutOf(): {
  connection: Connection;
  lookout: Lookout;
  answer: () => Promise<void>;
  back: string[];
} {
  const connection = { pending: 1, heardAt: 0, isSilent: false } as Connection;
  const asked: (() => void)[] = [];
  const back: string[] = [];
  const probe = (): Promise<void> => new Promise((resolve) => asked.push(resolve));
  const lookout = new Lookout([connection], probe, () => back.push('back'));
  return {
    connection,
    lookout,
    back,
    async answer() {
      for (const resolve of asked.splice(0)) resolve();
      await new Promise(setImmediate);
    },
  };
}

test('a side that answers nothing for three looks is silent, until it says that it is there', async () => {
  const { connection, lookout, answer, back } = lookoutOf();
  for (const silent of [false, false, true]) {
    lookout.look();
    expect(connection.isSilent).toBe(silent);
  }
  await answer();
  expect(connection.isSilent).toBe(false);
  expect(back).toEqual(['back']);
});

test('one that waits for something, and says that it is there, is never silent', async () => {
  const { connection, lookout, answer } = lookoutOf();
  for (let looks = 0; looks < 10; looks++) {
    lookout.look();
    await answer();
    expect(connection.isSilent).toBe(false);
  }
});

test('one that answers calls is not even asked', () => {
  const { connection, lookout } = lookoutOf();
  for (let looks = 0; looks < 10; looks++) {
    lookout.look();
    connection.heardAt++;
    expect(connection.isSilent).toBe(false);
  }
});
