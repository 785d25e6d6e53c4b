import { expect, test } from 'vitest';
import { Retainers } from '../../lib/swap/retainers.js';

test('a version with several retainers is released once, by the last of them', () => {
  const letGo: string[] = [];
  const holds = new Retainers<string>((held) => letGo.push(held));
  const [generation, pin] = [{}, {}];
  holds.hold('guardian', generation);
  holds.hold('guardian', generation);
  holds.hold('guardian', pin);
  holds.hold('herald', generation);
  expect([...holds.holdersOf('guardian')]).toEqual([generation, pin]);
  holds.release('guardian', generation);
  holds.release('guardian', generation);
  expect(letGo).toEqual([]);
  holds.release('guardian', pin);
  holds.release('guardian', pin);
  expect(letGo).toEqual(['guardian']);
  expect([...holds.holdersOf('guardian')]).toEqual([]);
});
