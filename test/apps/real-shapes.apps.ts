import { expect, test } from 'vitest';
import { answersOf, type Ask } from './answers-of.js';
import { openRealApp } from './open-real-app.js';

/** An application of test/fixtures/apps, and the requests to it. */
interface RealApp {
  readonly name: string;
  readonly entry: string;
  /** The entry that Node itself can run, where that is another. */
  readonly compiled?: string;
  /** The file that states the edition. */
  readonly edited: string;
  readonly asks: readonly Ask[];
}

const json = (text: string): Pick<Ask, 'body' | 'headers'> => ({
  body: text,
  headers: { 'content-type': 'application/json' },
});

const apps: readonly RealApp[] = [
  {
    name: 'express',
    entry: 'bin/www',
    edited: 'edition.js',
    asks: [
      { path: '/' },
      { path: '/edition' },
      { path: '/style.css' },
      { path: '/style' },
      { path: '/users/arya?list=1' },
      { path: '/users/nobody' },
      { path: '/events' },
      { path: '/nowhere' },
      { method: 'HEAD', path: '/' },
      { method: 'POST', path: '/echo', ...json('{"sword":"Needle"}') },
      { method: 'POST', path: '/echo', ...json('{') },
    ],
  },
  {
    name: 'fastify',
    entry: 'server.js',
    edited: 'edition.js',
    asks: [
      { path: '/edition' },
      { path: '/teapot' },
      { path: '/users/7' },
      { path: '/users/arya' },
      { path: '/posts' },
      { method: 'POST', path: '/posts', ...json('{}') },
      { path: '/nowhere' },
    ],
  },
  {
    name: 'koa',
    entry: 'index.js',
    edited: 'edition.js',
    asks: [
      { path: '/edition' },
      { path: '/notes' },
      { path: '/stream' },
      { path: '/forbidden' },
      { method: 'POST', path: '/echo', ...json('{"sword":"Ice"}') },
      { method: 'PUT', path: '/edition' },
      { path: '/nowhere' },
    ],
  },
  {
    name: 'nest',
    entry: 'src/main.ts',
    edited: 'src/cats/edition.ts',
    asks: [
      { path: '/edition' },
      { path: '/cats/3' },
      { path: '/cats/12' },
      { path: '/cats/tom' },
      { method: 'POST', path: '/cats', ...json('{"name":"Tom","age":3,"more":1}') },
      { method: 'POST', path: '/cats', ...json('{"name":"Tom"}') },
    ],
  },
];

const EDITS = 20;

test.each(apps)(
  '$name: not one line changed, answers are those of node, and no edit under load fails a request',
  async ({ name, entry, edited, asks }) => {
    const app = await openRealApp(name, entry);
    const expected = await app.withNode((port) => answersOf(port, asks));
    const served = await app.serve();
    expect(await answersOf(served.port, asks)).toEqual(expected);

    const load = app.load(served.port);
    for (let edition = 2; edition <= EDITS + 1; edition++) {
      await app.edit(edited, /\b1\b/, String(edition));
      const details = await served.reload();
      load.oldest = edition;
      expect(Object.values(details)).toEqual(['ok']);
      expect(await app.editionAt(served.port)).toBe(edition);
    }
    await app.edit(edited, /$/, '\nconst = ;');
    await expect(served.reload()).rejects.toMatchObject({ code: 'RELOAD_FAILED' });
    expect(await app.editionAt(served.port)).toBe(EDITS + 1);
    load.oldest = EDITS;
    await served.rollback();
    expect(await app.editionAt(served.port)).toBe(EDITS);
    const { failures, answers } = await load.end();
    expect(failures).toEqual([]);
    expect(answers).toBeGreaterThan(EDITS);
  },
);

test('fastify: what was written over five edits is in its database, each once', async () => {
  const app = await openRealApp('fastify', 'server.js');
  const served = await app.serve();
  const titles: string[] = [];
  let isOver = false;
  const writers = Array.from({ length: 3 }, async (_, writer) => {
    for (let count = 0; !isOver; count++) {
      const title = `${writer}-${count}`;
      const [answer] = await answersOf(served.port, [
        { method: 'POST', path: '/posts', ...json(JSON.stringify({ title })) },
      ]);
      expect(answer).toContain('201 Created');
      titles.push(title);
    }
  });
  for (let edition = 2; edition <= 6; edition++) {
    await app.edit('edition.js', /\b1\b/, String(edition));
    await served.reload();
  }
  isOver = true;
  await Promise.all(writers);
  const [answer = ''] = await answersOf(served.port, [{ path: '/posts' }]);
  const posts = JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4)) as { title: string }[];
  expect(posts.map(({ title }) => title).sort()).toEqual(titles.sort());
});
