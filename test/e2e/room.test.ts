import { expect, test } from 'vitest';
import { deploy } from '../helpers/compose-plugin.js';
import { runHost } from '../helpers/run-host.js';
import { tempFolder } from '../helpers/temp-folder.js';

/** Loads a plugin and then, beside it, more plugins than there are descriptors for. Prints the outcome. */
const code = `
const silent = () => {};
const logger = { debug: silent, info: silent, warn: silent, error: silent };
const [few, many] = args;
const swapper = new Swapper(few, { standby: false, logger });
await swapper.load();
swapper.pluginDir = many;
const { code, cause } = await swapper.reload().catch((error) => error);
const { limit, needed, available, message } = cause;
const answer = await swapper.call('live_guard0');
swapper.pluginDir = few;
await swapper.reload(undefined, { force: true });
const after = await swapper.call('live_guard0');
console.log(JSON.stringify({ code, cause: { code: cause.code, limit, needed, available, message }, answer, after }));
await swapper.close();
`;

test.runIf(process.platform === 'linux')(
  'a reload that needs more descriptors than the process may open is refused, and what serves goes on',
  async () => {
    const [few, many] = [await tempFolder(), await tempFolder()];
    const guards = Array.from({ length: 40 }, (_, index) => ({
      name: `guard${index}`,
      live: { [`live_guard${index}`]: '() => "here"' },
    }));
    await deploy(few, ...guards.slice(0, 1));
    await deploy(many, ...guards);
    const printed = await runHost({ code, args: [few, many], ulimit: '-n 100' });
    const { cause, ...found } = JSON.parse(printed) as {
      cause: { available: number; message: string };
    };
    expect(found).toEqual({ code: 'RELOAD_FAILED', answer: 'here', after: 'here' });
    // The plugin that is there already needs nothing new.
    expect(cause).toMatchObject({ code: 'LIMIT_EXCEEDED', limit: 'ulimit -n', needed: 39 * 4 });
    expect(cause.available).toBeGreaterThan(0);
    expect(cause.available).toBeLessThan(100);
    expect(cause.message).toContain(
      `each takes 4 file descriptors, 156 in all, and ${cause.available} are left (ulimit -n)`,
    );
  },
);
