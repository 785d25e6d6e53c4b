import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { createCommand } from '../../lib/cli/command.js';
import { tempFolder } from '../helpers/temp-folder.js';
import { writeFiles } from '../helpers/write-plugins.js';

let folder: string;

beforeEach(async () => {
  folder = await tempFolder();
  await writeFiles(folder, { 'server.js': '', 'plugins/guardian/index.ts': '' });
});

/** Runs a command line. Names that begin with `./` are in the folder; arguments after `--` are for the server. */
const run = (text: string): Promise<unknown> => {
  const [own = '', after] = text.split(' -- ');
  const args = own.split(' ').map((word) => (word.startsWith('./') ? join(folder, word) : word));
  return createCommand(() => {}, after?.split(' ')).parseAsync(args, { from: 'user' });
};

test.each([
  ['start ./server.js --port 8080 --watch', '--port, --watch'],
  ['start ./plugins --threads 4 --no-adapter bullmq', '--adapter, --threads'],
  ['start ./plugins -- --port 8080', 'what follows --'],
  ['dev ./server.js --host ./host.ts --define A=1 --no-sourcemap', '--define, --no-sourcemap, --host'],
  ['dev ./plugins --check --threads 2', '--threads, --check'],
  ['dev ./plugins --mount /=web', '--mount'],
  ['dev ./plugins -- --port 8080', 'what follows --'],
  ['build --app ./server.js ./out --watch --format json', '--format, --watch'],
  ['build ./plugins ./out --name gate --files views', '--files, --name'],
  ['check --app ./server.js --fix --include x', '--fix, --include'],
  ['check ./plugins --stores auto', '--stores'],
])('%s is misuse: %s would have no effect', async (text, named) => {
  const message = expect.stringContaining(`Cannot use ${named}: `) as string;
  await expect(run(text)).rejects.toMatchObject({ code: 'OPTION_INVALID', message });
});
