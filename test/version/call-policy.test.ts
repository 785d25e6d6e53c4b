import { expect, test } from 'vitest';
import { Scope } from '../../lib/link/protocol.js';
import { CallPolicy } from '../../lib/version/call-policy.js';

const manifest = {
  liveFunctions: [{ name: 'live_charge', idempotent: true }, { name: 'live_greet' }],
} as unknown as ConstructorParameters<typeof CallPolicy>[0];

const callee = { plugin: 'guardian', version: '00000000', generation: () => 1 };
const policy = new CallPolicy(manifest, { callTimeoutMs: undefined, idempotentRetries: 1 }, callee);

function mayRetry(scope: Scope, name: string, args: readonly unknown[] = []): boolean {
  return policy.prepare({ scope, name, args }, false).takeRetry();
}

test('only an idempotent live function is sent again, and only with arguments that can be', () => {
  expect(mayRetry(Scope.live, 'live_charge')).toBe(true);
  expect(mayRetry(Scope.live, 'live_greet')).toBe(false);
  expect(mayRetry(Scope.function, 'live_charge')).toBe(false);
  expect(mayRetry(Scope.live, 'live_charge', [new ReadableStream()])).toBe(false);
});

test("the plugin's deadline holds for the host's calls of live functions that have none of their own", async () => {
  const strict = new CallPolicy(manifest, { callTimeoutMs: 0, idempotentRetries: 0 }, callee);
  const own = strict.prepare({ scope: Scope.live, name: 'live_greet', args: [] }, false);
  await expect(own.promise).rejects.toMatchObject({
    code: 'CALL_TIMEOUT',
    timeoutMs: 0,
    message: expect.stringContaining('raise callTimeoutMs'),
  });
  const others = [
    { scope: Scope.live, name: 'live_greet', args: [], nested: true },
    { scope: Scope.function, name: 'polish', args: [] },
    { scope: Scope.live, name: 'live_greet', args: [], options: { timeoutMs: 60_000 } },
  ].map((request) => strict.prepare(request, false));
  expect(others.map(({ answered }) => answered)).toEqual([false, false, false]);
  for (const call of others) call.succeed(undefined);
});

test('a pinned call is pinned', () => {
  expect(policy.prepare({ scope: Scope.live, name: 'live_greet', args: [] }, true).pinned).toBe(true);
});
