import { expect, test } from 'vitest';
import { openProject } from './platform-project.js';

/** A host that works in a release that a later deploy deletes. */
const code = `import { copyFileSync, mkdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { Swapper } from 'liveswap';
const at = (path) => join(import.meta.dirname, path);
mkdirSync('release-1');
process.chdir('release-1');
const swapper = new Swapper(at('artifacts'), { standby: false });
await swapper.load();
rmdirSync(at('release-1'));
copyFileSync(at('next/guardian.plugin.mjs'), at('artifacts/guardian.plugin.mjs'));
console.log(await swapper.reload().then(String, ({ message }) => message));
console.log(await swapper.call('live_salute', 'Ada'));
const watching = await swapper.watch();
process.chdir(import.meta.dirname);
console.log(String(await swapper.reload()), await swapper.call('live_salute', 'Ada'));
await watching.close();
await swapper.close();
`;

// Windows does not delete a folder that somebody works in.
test.skipIf(process.platform === 'win32')(
  'a host whose working folder was deleted is told so, and serves on until it has another one',
  async () => {
    const project = await openProject({ 'host.mjs': code });
    const { output } = await project.node('host.mjs');
    expect(output).toMatch(/the working folder of this process was deleted.*process\.chdir\(\) to a folder/);
    expect(output).toContain('\nHail Ada\nguardian: ok Good day Ada\n');
  },
);
