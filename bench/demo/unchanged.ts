import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openUnchanged } from '../peers/servers/unchanged.js';
import { ask } from '../workload/ask.js';
import { loadServer } from '../workload/load.js';
import { editionText, writeUnchangedServer } from '../workload/unchanged-server.js';

const SAVES = 3;
const PAUSE_MS = 500;
/** Duration of the load in milliseconds, long enough for the saves on a busy machine. */
const LOAD_MS = 5_000;
const CONNECTIONS = 8;

/** Saves files of an unchanged server while it serves, and prints the outcome; returns whether no request failed. */
export async function demonstrateUnchanged(): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), 'liveswap-demo-'));
  const files = await writeUnchangedServer(folder);
  say('A server as it is, of node:http, with no line about liveswap: liveswap dev server.js');
  const server = await openUnchanged('liveswap dev', files);
  try {
    const load = loadServer(server.url, CONNECTIONS, LOAD_MS);
    for (let edition = 2; edition <= SAVES + 1; edition++) {
      await sleep(PAUSE_MS);
      const savedAt = performance.now();
      await writeFile(files.edited, editionText(edition));
      while ((await ask(server.url)) !== `EDITION-${edition}`) await sleep(1);
      say(
        `  saved; the first answer of edition ${edition} came ${Math.round(performance.now() - savedAt)} ms later`,
      );
    }
    const { answered, failed } = await load;
    say(`  ${failed} of ${answered + failed} requests failed meanwhile, over ${CONNECTIONS} connections\n`);
    return failed === 0;
  } finally {
    await server.close();
    await rm(folder, { recursive: true, force: true });
  }
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
