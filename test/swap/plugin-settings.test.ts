import { expect, test } from 'vitest';
import type { SwapperOptions } from '../../lib/swap/options.js';
import { PluginSettings } from '../../lib/swap/plugin-settings.js';
import { resolveOptions } from '../../lib/swap/resolve-options.js';

/** Returns the settings of plugins, and the warnings about them. */
function settingsOf(options: SwapperOptions): { settings: PluginSettings; said: string[] } {
  const said: string[] = [];
  const warn = (_facts: object, message = ''): void => void said.push(message);
  return { settings: new PluginSettings(resolveOptions(options), { warn }), said };
}

const billing = { threads: 4, drainMs: 10 };

test('a plugin has what the option plugins says of it, and else what the swapper has', () => {
  const { settings } = settingsOf({ threads: 2, freeMs: 7, plugins: { Billing: billing } });
  expect(settings.of({ name: 'billing' })).toMatchObject({ threads: 4, drainMs: 10, freeMs: 7 });
  expect(settings.of({ name: 'armory' })).toMatchObject({ threads: 2, drainMs: 300_000 });
  expect([settings.isStandard('billing'), settings.isStandard('armory')]).toEqual([false, true]);
});

test('an option of a plugin that is undefined is that of the swapper', () => {
  const given = { threads: undefined, concurrency: undefined, callTimeoutMs: undefined, env: undefined };
  const { settings } = settingsOf({ threads: 2, callTimeoutMs: 9, plugins: { billing: given as object } });
  const { threads, concurrency, callTimeoutMs } = settings.of({ name: 'billing' });
  expect({ threads, concurrency, callTimeoutMs }).toEqual({
    threads: 2,
    concurrency: Infinity,
    callTimeoutMs: 9,
  });
  expect(settings.of({ name: 'billing', exclusive: true }).threads).toBe(1);
  expect(settings.isStandard('billing')).toBe(true);
});

test('a name that no plugin has is said, once', () => {
  const { settings, said } = settingsOf({ plugins: { biling: billing } });
  settings.sayUnknown([{ name: 'billing' }]);
  settings.sayUnknown([{ name: 'billing' }]);
  expect(said).toEqual(['The option plugins names biling, but there is no such plugin.']);
});

test('an exclusive plugin has one thread, and cannot be given more', () => {
  const { settings, said } = settingsOf({ threads: 2, plugins: { game: { threads: 3 } } });
  expect(settings.of({ name: 'world', exclusive: true }).threads).toBe(1);
  expect(said).toEqual(['world is exclusive: it has 1 thread, not 2.']);
  expect(() => settings.of({ name: 'game', exclusive: true })).toThrow(
    expect.objectContaining({ code: 'OPTION_INVALID', option: 'plugins.game.threads' }),
  );
});

test.for([
  [{ threads: 0 }, 'plugins.billing.threads'],
  [{ thread: 1 }, 'plugins.billing.thread'],
  [3, 'plugins.billing'],
] as const)('%o is refused by its place', ([own, option]) => {
  expect(() => resolveOptions({ plugins: { billing: own as object } })).toThrow(
    expect.objectContaining({ code: 'OPTION_INVALID', option }),
  );
});

test('two names of one plugin are refused', () => {
  expect(() => resolveOptions({ plugins: { billing, Billing: { threads: 2 } } })).toThrow(
    expect.objectContaining({ code: 'OPTION_INVALID', option: 'plugins.Billing' }),
  );
});
