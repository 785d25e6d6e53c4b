import { existsSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { nodeOf } from './places.js';
import { openProject } from './platform-project.js';

/** A host that prints when it starts, and reloads for longer than `--watch` takes to restart it. */
const reloading = `import { copyFileSync } from 'node:fs';
import { Swapper } from 'liveswap';
console.log('started');
const swapper = new Swapper('artifacts', { keep: 0 });
await swapper.load();
for (let times = 0; times < 20; times++) {
  const retired = new Promise((resolve) => {
    swapper.on('version', ({ state }) => state === 'retired' && resolve());
  });
  copyFileSync((times % 2 ? 'first' : 'next') + '/guardian.plugin.mjs', 'artifacts/guardian.plugin.mjs');
  await swapper.reload();
  await retired;
}
console.log(await swapper.call('live_salute', 'Ada'));
await swapper.close();
`;

test.for([
  ['this Node', process.execPath],
  // Node 24 also watches the files that threads import.
  ['Node 24', nodeOf(24)],
] as const)('%s --watch restarts no host for its reloads', async ([, node], { skip }) => {
  if (!existsSync(node)) skip();
  const project = await openProject({ 'host.mjs': reloading });
  await cp(join(project.folder, 'artifacts'), join(project.folder, 'first'), { recursive: true });
  const { lines } = project.start(node, '--watch', 'host.mjs');
  await lines.next(/^(Hail Ada|Failed running .*)$/);
  expect(lines.lines.filter((line) => /^(started|Hail Ada)$/.test(line))).toEqual(['started', 'Hail Ada']);
});
