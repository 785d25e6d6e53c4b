import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test } from 'vitest';
import { build } from '../../../lib/compiler/index.js';
import { tempFolder } from '../../helpers/temp-folder.js';
import { writeFiles, writePlugins } from '../../helpers/write-plugins.js';

const host = `import type { LiveFunctions } from './live.js';
declare const live: LiveFunctions;
void live.live_greet('Thor');
`;

/** Opens the server that editors use, as it comes with TypeScript. */
function openEditor() {
  const entry = createRequire(import.meta.url).resolve('typescript/lib/tsserver.js');
  const server = spawn(process.execPath, [entry, '--disableAutomaticTypingAcquisition'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  onTestFinished(() => void server.kill());
  const send = (seq: number, command: string, args: object): void => {
    server.stdin.write(`${JSON.stringify({ seq, type: 'request', command, arguments: args })}\n`);
  };
  return {
    open: (file: string): void => send(1, 'open', { file }),
    definition: async (place: { file: string; line: number; offset: number }): Promise<Definition[]> => {
      send(2, 'definition', place);
      for await (const line of createInterface({ input: server.stdout })) {
        const answer = (line.startsWith('{') ? JSON.parse(line) : {}) as Answer;
        if (answer.request_seq === 2) return answer.body ?? [];
      }
      throw new Error('The server has ended.');
    },
  };
}

interface Answer {
  readonly request_seq?: number;
  readonly body?: Definition[];
}

interface Definition {
  readonly file: string;
  readonly start: { readonly line: number; readonly offset: number };
}

test("an editor goes from a call in the host to the plugin's source", async () => {
  const folder = await tempFolder();
  const outDir = join(folder, 'out');
  const [plugin = ''] = await writePlugins(folder, {
    guardian: {
      'index.ts': `import { definePlugin } from 'liveswap/plugin';\nexport default definePlugin({});\n`,
      'jobs/greet.ts': `\nexport async function live_greet(name: string): Promise<string> { return name; }\n`,
    },
  });
  await build({ sources: [plugin], outDir });
  await writeFiles(outDir, { 'host.ts': host });
  const editor = openEditor();
  const file = join(outDir, 'host.ts');
  editor.open(file);
  const found = await editor.definition({ file, line: 3, offset: 'void live.live_'.length });
  expect(found).toMatchObject([{ file: join(plugin, 'jobs/greet.ts'), start: { line: 2 } }]);
});
