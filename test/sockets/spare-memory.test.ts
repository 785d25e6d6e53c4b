import { expect, onTestFinished, test } from 'vitest';
import { LARGEST_SPARE, spareSize } from '../../lib/sockets/spare-size.js';
import { SpareMemory } from '../../lib/sockets/thread/spare-memory.js';

function memory(): SpareMemory {
  const opened = new SpareMemory(200);
  onTestFinished(() => opened.free());
  return opened;
}

test('memory that came back is taken for the next bytes of about that number', () => {
  const vault = memory();
  const { buffer } = vault.take(100_000);
  vault.keep(buffer);
  expect(vault.take(200_000).buffer).not.toBe(buffer);
  const next = vault.take(70_000);
  expect(next.buffer).toBe(buffer);
  expect(next).toHaveLength(70_000);
  expect(vault.take(100_000).buffer).not.toBe(buffer);
});

test('memory that was not needed for a while is freed, what is needed is kept', async () => {
  const vault = memory();
  const [needed, unused] = [vault.take(LARGEST_SPARE).buffer, vault.take(LARGEST_SPARE).buffer];
  vault.keep(unused);
  vault.keep(needed);
  const use = (): number => {
    vault.keep(vault.take(LARGEST_SPARE).buffer);
    return unused.byteLength;
  };
  await expect.poll(use, { interval: 10 }).toBe(0);
  expect(vault.take(LARGEST_SPARE).buffer).toBe(needed);
  vault.keep(needed);
  await expect.poll(() => needed.byteLength).toBe(0);
});

test('memory of a thread that has left its host is freed', () => {
  const vault = memory();
  const { buffer } = vault.take(LARGEST_SPARE);
  vault.keep(buffer);
  vault.free();
  expect(buffer.byteLength).toBe(0);
});

test('memory of few sizes comes back, none for few bytes, nor for more than a piece', () => {
  expect([20_000, 32_768, 32_769, LARGEST_SPARE].map(spareSize)).toEqual([
    32_768,
    32_768,
    65_536,
    LARGEST_SPARE,
  ]);
  expect([0, 10_000, 16_384, LARGEST_SPARE + 1].map(spareSize)).toEqual(Array(4).fill(undefined));
});
