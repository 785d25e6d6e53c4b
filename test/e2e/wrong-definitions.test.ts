import { describe, expect, test } from 'vitest';
import { build } from '../../lib/compiler/index.js';
import { deployIn, modes } from '../helpers/modes.js';
import { openSwapper } from '../helpers/open-swapper.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { withPage } from '../helpers/with-page.js';
import { writePlugins } from '../helpers/write-plugins.js';

const wrong = [
  ['activeIn', `'threads'`, /activeIn must be 'version' or 'thread'; it is 'threads'/],
  ['exclusive', `'yes'`, /exclusive must be true or false; it is 'yes'/],
  ['reloadable', `'no'`, /reloadable must be true, false, or a function; it is 'no'/],
  ['exports', `5`, /exports must be an object of functions, or a function that returns one; it is 5/],
  ['exports', `() => 5`, /exports must be an object of functions, or a function that returns one; it is 5/],
  ['functions', `null`, /functions must be an object of functions; it is null/],
  ['onFree', `5`, /onFree must be a function; it is 5/],
  ['onLaod', `() => {}`, /There is no option onLaod; did you mean onLoad\?/],
] as const;

describe.each(modes)('%s', (mode) => {
  test.for(wrong)('a definition whose %s is %s is refused', async ([option, text, message]) => {
    const swapper = await deployIn(mode, [{ name: 'guardian', hooks: { [option]: text } }]);
    await expect(swapper.load()).rejects.toMatchObject({
      code: 'LOAD_FAILED',
      message: expect.stringMatching(message) as string,
    });
  });
});

test('a plugin whose default export is nothing is refused, also when neither types nor rules are checked', async () => {
  const folder = await tempFolder();
  const sources = await writePlugins(folder, { guardian: { 'index.ts': 'export default null;' } });
  await build({ sources, outDir: `${folder}/dist`, typecheck: false, rules: false });
  await expect(openSwapper(`${folder}/dist`).load()).rejects.toMatchObject({
    cause: {
      code: 'START_FAILED',
      cause: {
        code: 'OPTION_INVALID',
        plugin: 'guardian',
        message: withPage(
          'OPTION_INVALID',
          'Cannot use what guardian gives to definePlugin: Options are an object, not null.',
        ),
      },
    },
  });
});
