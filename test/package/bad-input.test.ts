import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { defineAdapter, takesWork } from '../../lib/adapters/index.js';
import { adminHandler } from '../../lib/admin/index.js';
import { serveApp } from '../../lib/app/index.js';
import {
  applyFixes,
  build,
  BuildSession,
  check,
  clean,
  countOf,
  findingsAsSarif,
  findingsAsText,
  findingsOf,
  hostContract,
  reportsAsJson,
} from '../../lib/compiler/index.js';
import { reloadOnSignal, watch } from '../../lib/dev/index.js';
import { fromNodeHandler } from '../../lib/http/plugin/index.js';
import { serve, toFetchHandler, toNodeHandler } from '../../lib/http/index.js';
import { lifetimeOf, Swapper } from '../../lib/index.js';
import { tracing } from '../../lib/otel/index.js';
import { every, kept, resource } from '../../lib/plugin/index.js';
import {
  ExpressRateLimitStore,
  expressSessionStore,
  fastifyRateLimitStore,
  fastifySessionStore,
} from '../../lib/stores/index.js';
import { mountPlugins } from '../../lib/testing/index.js';
import { Workplace } from '../../lib/testing/workplace.js';
import { MountedPlugins } from '../../lib/testing/mounted-plugins.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { writePlugins } from '../helpers/write-plugins.js';

type Give = (value: never) => unknown;

const folder = mkdtempSync(join(tmpdir(), 'liveswap-'));
const swapper = new Swapper(folder);
afterAll(async () => {
  await swapper.destroy();
  rmSync(folder, { recursive: true });
});

const sources = [folder];
const start = `${folder}/start.js`;
const nobody = [undefined, null, 5, 'x', {}, [], () => 1];
const noText = [undefined, null, 5, {}, [], () => 1];
const noOptions = [null, 5, 'x', () => 1, { thraeds: 1 }];
const noFunction = [undefined, null, 5, 'x', {}, []];
const noList = [undefined, null, 5, 'x', {}];

const wrong: readonly (readonly [name: string, give: Give, values: readonly unknown[]])[] = [
  ['the folder of a Swapper', (it) => new Swapper(it), [...noText, '']],
  ['the options of a Swapper', (it) => new Swapper(folder, it), noOptions],
  ['tracing of a Swapper', (tracing) => new Swapper(folder, { tracing }), [{ begin() {} }]],
  ['swapper.pluginDir', (it) => (swapper.pluginDir = it), [...noText, '']],
  ['swapper.reload', (it) => swapper.reload(undefined, it), noOptions],
  ['swapper.rollback', (it) => swapper.rollback(it), noOptions],
  ['swapper.pin', (it) => swapper.pin(it), noOptions],
  ['swapper.with', (it) => swapper.with(it), [undefined, ...noOptions]],
  ['swapper.watch', (it) => swapper.watch(it), noOptions],
  ['the times of swapper.watch', (it) => swapper.watch(it), [{ settleMs: Infinity }, { wholeMs: -1 }]],
  ['swapper.on', (it) => swapper.on(it, () => {}), nobody],
  ['a listener', (it) => swapper.on('closed', it), noFunction],
  ['dataBag.update', (it) => swapper.dataBag.update('sword', it), noFunction],
  ['lifetimeOf', (it) => lifetimeOf(it), noFunction],
  ['build', (it) => build(it), [undefined, {}, ...noOptions]],
  ['sources of build', (it) => build({ sources: it, outDir: folder }), [...nobody, ['']]],
  ['outDir of build', (outDir) => build({ sources, outDir }), [...noText, '']],
  ['define of build', (define) => build({ sources, outDir: 'out', define }), [{ SWORDS: 5 }]],
  ['unsaved of build', (unsaved) => build({ sources, outDir: 'out', unsaved }), [new Map([[folder, 5]])]],
  ['check', (it) => check(it), [undefined, {}, ...noOptions]],
  ['BuildSession', (it) => new BuildSession(it), [undefined, {}, ...noOptions]],
  ['rebuild', (it) => new BuildSession({ sources, outDir: `${folder}/out` }).rebuild(it), noList],
  ['hostContract', (it) => hostContract(it), [undefined, {}, ...noOptions]],
  ['entry of hostContract', (entry) => hostContract({ entry }), [...noText, '', folder]],
  ['livePrefix of hostContract', (livePrefix) => hostContract({ entry: start, livePrefix }), [5]],
  ['the sources of clean', (it) => clean(it, folder), [...noList, ['']]],
  ['the folder of clean', (it) => clean(sources, it), [...noText, '']],
  ['applyFixes', (it) => applyFixes(it), noList],
  ['countOf', (it) => countOf(it), noList],
  ['findingsOf', (it) => findingsOf(it), noList],
  ['findingsAsText', (it) => findingsAsText(it), noList],
  ['findingsAsSarif', (it) => findingsAsSarif(it, [], '1.0.0'), noList],
  ['the rules of findingsAsSarif', (it) => findingsAsSarif([], it, '1.0.0'), noList],
  ['reportsAsJson', (it) => reportsAsJson(it), noList],
  ['the swapper of serve', (it) => serve(it), nobody],
  ['serve', (it) => serve(swapper, it), noOptions],
  ['warm of serve', (warm) => serve(swapper, { warm }), [{}, { path: 'x' }, { path: '/', setleMs: 5 }]],
  ['the swapper of toFetchHandler', (it) => toFetchHandler(it, { plugin: 'hall' }), nobody],
  ['toFetchHandler', (it) => toFetchHandler(swapper, it), [undefined, {}, ...noOptions]],
  ['a fetch handler', (it) => toFetchHandler(swapper, { plugin: 'hall' })(it), nobody],
  ['the swapper of toNodeHandler', (it) => toNodeHandler(it, { plugin: 'hall' }), nobody],
  ['toNodeHandler', (it) => toNodeHandler(swapper, it), [undefined, {}, ...noOptions]],
  ['the swapper of watch', (it) => watch(it, { sources }), nobody],
  ['watch', (it) => watch(swapper, it), [undefined, {}, ...noOptions]],
  ['outDir of watch', (outDir) => watch(swapper, { sources, outDir }), [null, 5, '']],
  ['data of watch', (data) => watch(swapper, { sources, data }), [null, 5]],
  ['logger of watch', (logger) => watch(swapper, { sources, logger }), [null, {}]],
  ['the swapper of reloadOnSignal', (it) => reloadOnSignal(it), nobody],
  [
    'reloadOnSignal',
    (it) => reloadOnSignal(swapper, it),
    [null, 5, 'exit', 'SIGNOPE', 'SIGKILL', 'toString'],
  ],
  ['the options of reloadOnSignal', (it) => reloadOnSignal(swapper, 'SIGHUP', it), noOptions],
  ['serveApp', (it) => serveApp(it), [...noText, '']],
  ['the options of serveApp', (it) => serveApp(start, it), noOptions],
  ['warm of serveApp', (warm) => serveApp(start, { warm }), [{}, { path: 'x' }, { path: '/', prot: 80 }]],
  ['the name of defineAdapter', (it) => defineAdapter(it, { versions: '1', exports: {} }), nobody],
  ['defineAdapter', (it) => defineAdapter('armory', it), [undefined, {}, ...noOptions]],
  [
    'takesWork',
    (it) => takesWork(it),
    [undefined, ...noOptions, { hold: 5 }, { waits: 5 }, { settles: 'run' }],
  ],
  ['the swapper of adminHandler', (it) => adminHandler(it), nobody],
  ['adminHandler', (it) => adminHandler(swapper, it), noOptions],
  [
    'an admin handler',
    (it) => adminHandler(swapper)(it),
    [...nobody, { url: '/', headers: { host: 'hall' } }],
  ],
  ['tracing', (it) => tracing(it), noOptions],
  ['expressSessionStore', (it) => expressSessionStore(it), [...nobody, { Store: 5 }, { Store: () => 1 }]],
  ['the options of expressSessionStore', (it) => expressSessionStore({ Store: EventTarget }, it), noOptions],
  ['fastifySessionStore', (it) => fastifySessionStore(it), noOptions],
  ['ExpressRateLimitStore', (it) => new ExpressRateLimitStore(it), noOptions],
  ['fastifyRateLimitStore', (it) => fastifyRateLimitStore(it), noOptions],
  ['mountPlugins', (it) => mountPlugins(it), [...noText, '']],
  ['the options of mountPlugins', (it) => mountPlugins(folder, it), noOptions],
  ['every', (it) => every(it, () => {}), [undefined, null, '5', 0, -1, NaN, Infinity, 2 ** 31]],
  ['kept', (it) => kept(it, () => ({})), [...noText, '']],
  ['resource', (it) => resource(it), noFunction],
  ['fromNodeHandler', (it) => fromNodeHandler(it), noFunction],
  ['the options of fromNodeHandler', (it) => fromNodeHandler(() => {}, it), noOptions],
];

const refused = expect.objectContaining({ code: 'OPTION_INVALID' });

describe.each(wrong)('%s', (_name, give, values) => {
  it.each(values.map((value) => [value]))('refuses %o by code', async (value) => {
    await expect((async () => give(value as never))()).rejects.toEqual(refused);
  });
});

it.each<[string, Give, string]>([
  ['build', (it) => build(it), '{ sources, outDir }'],
  ['a BuildSession', (it) => new BuildSession(it), '{ sources, outDir }'],
  ['check', (it) => check(it), '{ sources }'],
  ['hostContract', (it) => hostContract(it), '{ entry }'],
  ['watch', (it) => watch(swapper, it), '{ sources }'],
])('%s says what its one object has when it is given a list or a text', async (_name, give, one) => {
  for (const value of [['plugins'], 'plugins'])
    await expect((async () => give(value as never))()).rejects.toMatchObject({
      code: 'OPTION_INVALID',
      message: expect.stringContaining(`Options are one object, ${one}, not`) as string,
    });
});

it('a wrong edit of mounted plugins is refused by code, and so are wrong options of a request to them', async () => {
  const plugins = await tempFolder();
  await writePlugins(plugins, { guardian: { 'index.ts': '' } });
  const workplace = await Workplace.open(plugins, () => [], true);
  const app = new MountedPlugins(new Swapper(folder), workplace, true);
  for (const path of [...noText, '', '../start.ts'])
    await expect(app.edit(path as never, (text) => text)).rejects.toEqual(refused);
  for (const change of [...noFunction, () => undefined])
    await expect(app.edit('guardian/index.ts', change as never)).rejects.toEqual(refused);
  for (const options of noOptions)
    await expect(app.fetch('http://localhost/', options as never)).rejects.toEqual(refused);
  await app.close();
});
