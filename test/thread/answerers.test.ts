import { expect, test } from 'vitest';
import { Scope } from '../../lib/link/protocol.js';
import { LiveClasses } from '../../lib/live-data/live-data.js';
import { Answerers } from '../../lib/thread/answerers.js';

test('an instance offers its own methods and those of its class', () => {
  class Guard {
    readonly rank = 3;
    readonly greet = (): string => 'Hello';
    #hails = 0;
    salute(name: string): string {
      return `Hail ${name}, ${++this.#hails}`;
    }
  }
  class Guardian extends Guard {
    polish(times: number): string {
      return this.salute('x'.repeat(times));
    }
  }
  const answerers = new Answerers();
  answerers.add(Scope.export, new Guardian(), undefined, new LiveClasses());
  expect(answerers.namesOf(Scope.export).toSorted()).toEqual(['greet', 'polish', 'salute']);
  expect(answerers.get(Scope.export, 'polish')!(2)).toBe('Hail xx, 1');
  expect(answerers.get(Scope.export, 'constructor')).toBeUndefined();
  expect(answerers.get(Scope.export, 'toString')).toBeUndefined();
});
