import { describe, expect, it } from 'vitest';
import {
  ExpressRateLimitStore,
  expressSessionStore,
  fastifyRateLimitStore,
  fastifySessionStore,
  type StoreOptions,
} from '../../lib/stores/index.js';

class Store {
  readonly sessions = new Map<string, string>();
}

const openers: Record<string, (options: StoreOptions) => unknown> = {
  ExpressRateLimitStore: (options) => new ExpressRateLimitStore(options),
  expressSessionStore: (options) => expressSessionStore({ Store }, options),
  fastifyRateLimitStore,
  fastifySessionStore,
};

function invalid(option: string, message: string): object {
  return expect.objectContaining({
    code: 'OPTION_INVALID',
    option,
    message: expect.stringContaining(message),
  }) as object;
}

describe.each(Object.entries(openers))('%s', (_name, open) => {
  it('refuses an option that it does not know', () => {
    expect(() => open({ maxEntires: 10 } as StoreOptions)).toThrow(
      invalid('maxEntires', 'did you mean maxEntries'),
    );
  });

  it.each([0, 1.5, -1, NaN, '10'])('refuses to keep %j entries', (maxEntries) => {
    expect(() => open({ maxEntries } as StoreOptions)).toThrow(invalid('maxEntries', '1 or more'));
  });

  it.each(['', 7])('refuses %j as its name', (name) => {
    expect(() => open({ name } as StoreOptions)).toThrow(invalid('name', 'a text that is not empty'));
  });

  it.each([{}, { maxEntries: 1 }, { maxEntries: Infinity }, { name: 'sessions', maxEntries: undefined }])(
    'takes %j',
    (options) => {
      expect(() => open(options as StoreOptions)).not.toThrow();
    },
  );
});
