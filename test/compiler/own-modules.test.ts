import { expect, test } from 'vitest';
import { nameOwnModules, nameOwnSources } from '../../lib/compiler/bundle/own-modules.js';

const places = [['/srv/große Halle/liveswap/dist/lib', 'liveswap:']] as const;

test.each([
  ['as they are', '../../große Halle/liveswap/dist/lib/plugin/context.js'],
  ['encoded', '../../gro%C3%9Fe%20Halle/liveswap/dist/lib/plugin/context.js'],
])('the sources of liveswap are named alike wherever it is installed, %s', (_how, source) => {
  const sources = ['../plugins/guardian/index.ts', source];
  const map = JSON.stringify({ version: 3, sources, sourcesContent: ['the guard', 'the context'] });
  expect(JSON.parse(nameOwnSources(map, '/srv/town/out', places))).toEqual({
    version: 3,
    sources: ['../plugins/guardian/index.ts', 'liveswap:plugin/context.js'],
    sourcesContent: ['the guard', '// Part of liveswap.'],
    ignoreList: [1],
  });
});

test('a plugin below a folder that is called like liveswap keeps its text', () => {
  const map = { sources: ['liveswap-plugins/guardian/index.ts'], sourcesContent: ['the guard'] };
  expect(JSON.parse(nameOwnSources(JSON.stringify(map), '/srv/town', places))).toEqual({
    ...map,
    ignoreList: [],
  });
});

test('so are the comments above its code', () => {
  const code = '// index.ts\n// ../../../große Halle/liveswap/dist/lib/plugin/context.js\n';
  expect(nameOwnModules(code, '/srv/town/plugins/guardian', places)).toBe(
    '// index.ts\n// liveswap:plugin/context.js\n',
  );
});
