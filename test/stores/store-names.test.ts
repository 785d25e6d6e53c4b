import { expect, onTestFinished, test } from 'vitest';
import { bind, type PluginHost } from '../../lib/plugin/host-binding.js';
import { fastifySessionStore, type SessionStore, type StoredSession } from '../../lib/stores/index.js';
import { HostBag } from '../../lib/swap/host-bag.js';
import { bagOfPlugin } from '../../lib/swap/plugin-bag.js';

/** Lets stores run as in the plugin `gate`. */
function bindBag(): void {
  const closed = new AbortController();
  onTestFinished(() => closed.abort());
  const dataBag = bagOfPlugin(new HostBag(closed.signal), 'gate');
  bind({ plugin: 'gate', vault: { dataBag } } as unknown as PluginHost);
}

const set = (store: SessionStore, id: string, session: object): Promise<void> =>
  new Promise((resolve, reject) => store.set(id, session, (error) => (error ? reject(error) : resolve())));
const get = (store: SessionStore, id: string): Promise<StoredSession | null> =>
  new Promise((resolve, reject) =>
    store.get(id, (error, session: StoredSession | null = null) =>
      error ? reject(error) : resolve(session),
    ),
  );

test.each([
  ['app', 'app:sessions'],
  ['app%3Asessions', 'app:sessions'],
])('stores named %s and %s have entries of their own, whatever their ids', async (one, other) => {
  bindBag();
  const [first, second] = [one, other].map((name) => fastifySessionStore({ name })) as [
    SessionStore,
    SessionStore,
  ];
  for (const id of ['arya', 'sessions:arya']) {
    await set(first, id, { user: `${id} of the first` });
    for (const elsewhere of ['arya', 'sessions:arya']) expect(await get(second, elsewhere)).toBeNull();
    expect(await get(first, id)).toEqual({ user: `${id} of the first` });
  }
});

test('stores whose names begin alike do not count as one for maxEntries', async () => {
  bindBag();
  const small = fastifySessionStore({ name: 'app:small', maxEntries: 1 });
  const large = fastifySessionStore({ name: 'app:large' });
  await set(large, 'arya', { user: 'arya' });
  await set(small, 'sansa', { user: 'sansa' });
  expect(await get(large, 'arya')).toEqual({ user: 'arya' });
});
