import { expect, test } from 'vitest';
import { LiveswapError } from '../../lib/index.js';
import { Resources, type ResourceDeclaration } from '../../lib/plugin/resources.js';
import { resource } from '../../lib/plugin/resource.js';

/** Declares resources that note what happens to them. */
function armory(isThread = true): {
  resources: Resources;
  notes: string[];
  declare: (name: string, open?: () => unknown, more?: Partial<ResourceDeclaration>) => () => unknown;
} {
  const resources = new Resources();
  if (isThread) resources.belongToThread();
  const notes: string[] = [];
  return {
    resources,
    notes,
    declare: (name, open = () => name, more = {}) =>
      resources.declare({
        open() {
          const value = open();
          notes.push(`open ${name}`);
          return value;
        },
        close: (value) => void notes.push(`close ${name} ${String(value)}`),
        phase: 'load',
        takesWork: false,
        ...more,
      }),
  };
}

async function failureOf(run: () => unknown): Promise<LiveswapError> {
  const failure: unknown = await (async () => run())().then(
    () => undefined,
    (error: unknown) => error,
  );
  if (failure instanceof LiveswapError) return failure;
  throw new Error(`expected a failure, got ${String(failure)}`);
}

test('resources are opened in the order of declaration and closed in the reverse order', async () => {
  const { resources, notes, declare } = armory();
  const sword = declare('sword');
  declare('shield', async () => 'shield');
  await resources.open('load');
  expect(sword()).toBe('sword');
  expect(await resources.close()).toEqual([]);
  expect(notes).toEqual(['open sword', 'open shield', 'close shield shield', 'close sword sword']);
});

test('one that another uses is opened first, and awaited before the other goes on', async () => {
  const { resources, notes, declare } = armory();
  const bow = declare('bow', () => `bow of ${String(wood())}`);
  const wood = declare('wood', async () => {
    await Promise.resolve();
    return 'ash';
  });
  await resources.open('load');
  expect(bow()).toBe('bow of ash');
  await resources.close();
  expect(notes).toEqual(['open wood', 'open bow', 'close bow bow of ash', 'close wood ash']);
});

test('one that is opened at once is there at once for the one that uses it', async () => {
  const { resources, declare } = armory();
  let tries = 0;
  const bow = declare('bow', () => `${++tries} ${String(wood())}`);
  const wood = declare('wood');
  await resources.open('load');
  expect(bow()).toBe('1 wood');
});

test('a cycle is refused, and drawn', async () => {
  const { resources, declare } = armory();
  const hen: () => unknown = declare('hen', () => egg());
  const egg: () => unknown = declare('egg', () => hen());
  const failure = await failureOf(() => resources.open('load'));
  expect(failure.message).toMatch(/cycle: #1 -> #2 -> #1|cycle: #2 -> #1 -> #2/);
});

test('it cannot be used before it is opened, and not after it is closed', async () => {
  const { resources, declare } = armory();
  const sword = declare('sword');
  expect(await failureOf(sword)).toMatchObject({ code: 'NOT_LOADED', resource: '#1' });
  await resources.open('load');
  await resources.close();
  expect(await failureOf(sword)).toMatchObject({ code: 'NOT_LOADED' });
});

test('a failure says which one it was, also when another one used it, and what was opened before can be closed', async () => {
  const { resources, notes, declare } = armory();
  declare('sword');
  declare('bow', () => string());
  const string: () => unknown = declare('string', async () => {
    throw new RangeError('no flax');
  });
  const failure = await failureOf(() => resources.open('load'));
  expect(failure).toMatchObject({ code: 'HOOK_FAILED', hook: 'resource', resource: '#3' });
  expect(failure.cause).toBeInstanceOf(RangeError);
  expect(await resources.close()).toEqual([]);
  expect(notes).toEqual(['open sword', 'open string', 'close sword sword']);
});

test('a close that fails keeps no other from being closed', async () => {
  const { resources, notes, declare } = armory();
  declare('sword');
  declare('shield', undefined, {
    close: () => {
      throw new RangeError('it is stuck');
    },
  });
  await resources.open('load');
  expect(await resources.close()).toMatchObject([{ code: 'HOOK_FAILED', resource: '#2' }]);
  expect(notes).toEqual(['open sword', 'open shield', 'close sword sword']);
});

test('a resource that takes work is opened with the active phase, and closed by itself; then it can be opened again', async () => {
  const { resources, notes, declare } = armory();
  const post = declare('post', undefined, { phase: 'active', takesWork: true });
  declare('sword');
  await resources.open('load');
  expect(await failureOf(post)).toMatchObject({ code: 'NOT_LOADED' });
  await resources.open('active');
  const closing = resources.closeWork();
  expect(notes).toEqual(['open sword', 'open post', 'close post post']);
  expect(await failureOf(post)).toMatchObject({ code: 'NOT_LOADED' });
  await resources.open('active');
  expect(await Promise.all(closing)).toEqual([undefined]);
  expect(post()).toBe('post');
  expect(notes.at(-1)).toBe('open post');
});

test('closing waits for what is still being opened', async () => {
  const { resources, notes, declare } = armory();
  let go = (): void => {};
  const ready = new Promise<void>((resolve) => (go = resolve));
  declare('sword', () => ready.then(() => 'sword'));
  const opening = resources.open('load');
  const closed = resources.close();
  go();
  await opening;
  await closed;
  expect(notes.at(-1)).toBe('close sword sword');
});

test('without a thread, the first call opens it', () => {
  let opened = 0;
  const forge = resource(() => ({ opened: ++opened }));
  expect(forge()).toBe(forge());
  expect(forge().opened).toBe(1);
});

test.each([
  ['a value', () => resource('pool' as never)],
  ['a close that is none', () => resource(() => 1, 'end' as never)],
  ['an unknown option', () => resource(() => 1, undefined, { takeWork: true } as never)],
  ['a null in place of close', () => resource(() => 1, null as never)],
  ['a null in place of options', () => resource(() => 1, undefined, null as never)],
  ['a wrong option', () => resource(() => 1, { open: 'later' as never })],
])('%s is refused', async (_what, make) => {
  expect(await failureOf(make)).toMatchObject({ code: 'OPTION_INVALID' });
});

test('a resource that fails with an error of ours, such as that of a call, keeps it as the cause', async () => {
  const { resources, declare } = armory();
  const cause = new LiveswapError('CALL_TIMEOUT', 'Late.', { call: 'live_wait', timeoutMs: 1 });
  declare('sword', () => {
    throw cause;
  });
  expect(await failureOf(() => resources.open('load'))).toMatchObject({ cause });
  const later = armory();
  later.declare('shield', () => Promise.reject(cause));
  expect(await failureOf(() => later.resources.open('load'))).toMatchObject({ cause });
});
