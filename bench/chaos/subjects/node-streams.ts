import { createReadStream } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { constantFrom } from 'fast-check';
import { openFiles } from '../left-behind.js';
import { step, type SubjectOf } from '../subject.js';
import { fitting, mishaps, unexpected } from '../world.js';

const BYTES = 200_000;

const downloads = ['whole', 'first', 'none', 'unread', 'missing'] as const;

/** Names of all files but the missing ones. */
const files = ['whole', 'first', 'none', 'unread', 'upload'];

/** Streams of Node: files that are there or not, read, left in the middle or never begun. None may stay open. */
export const nodeStreams: SubjectOf = (world) => {
  const { swapper, ledger, base, history } = world;
  const folder = join(base, 'scrolls');
  /** Returns the file that a step reads: a file that stays open tells its step. */
  const fileOf = (step: string): string => join(folder, `${step}.txt`);
  const isMissing = (error: unknown): boolean =>
    error instanceof Error && 'code' in error && error.code === 'ENOENT';
  let begun = 0;
  let crashes = 0;
  /** Files that may stay open: Node forgets a file that is being closed when its thread calls `process.exit`. */
  let losses = 0;
  return {
    begin: async () => {
      await mkdir(folder);
      for (const step of files) await writeFile(fileOf(step), 'x'.repeat(BYTES));
    },
    module: `import { createReadStream } from 'node:fs';`,
    live: {
      live_download: '(path) => createReadStream(path)',
      live_upload:
        'async (body) => { let bytes = 0; for await (const chunk of body) bytes += chunk.length; return { ...me(), bytes }; }',
    },
    steps: {
      download: step(4, constantFrom(...downloads), (how) => {
        begun++;
        const call = async (): Promise<unknown> => {
          const chunks = (await swapper.call('live_download', fileOf(how))) as AsyncGenerator<Uint8Array>;
          let bytes = 0;
          if (how === 'none') await chunks.return(undefined);
          if (how === 'none' || how === 'unread') return BYTES;
          for await (const chunk of chunks) {
            bytes += chunk.length;
            if (how === 'first') return BYTES;
          }
          return bytes;
        };
        const objection = (bytes: unknown): string | undefined =>
          how !== 'missing' && bytes === BYTES ? undefined : unexpected(bytes);
        return ledger.follow(
          'live_download',
          call,
          objection,
          how === 'missing' ? [...mishaps, isMissing] : mishaps,
        );
      }),
      upload: step(3, constantFrom('upload', 'missing'), (how) => {
        const fits = fitting(world);
        const body = createReadStream(fileOf(how));
        const objection = (answer: unknown): string | undefined =>
          (answer as { bytes: number }).bytes === BYTES ? fits(answer) : unexpected(answer);
        // A call that is refused has not touched the stream.
        const call = (): Promise<unknown> => swapper.call('live_upload', body).finally(() => body.destroy());
        return ledger.follow('live_upload', call, objection, [
          ...mishaps,
          ...(how === 'missing' ? [isMissing] : []),
        ]);
      }),
    },
    atRest: async () => {
      if (history.crashes > crashes) losses += begun;
      [begun, crashes] = [0, history.crashes];
      // A stream that nobody reads is closed when it is collected, so a run without `--expose-gc` cannot tell.
      if (!globalThis.gc) return;
      for (let round = 0; round < 200 && openFiles(folder).length > losses; round++) {
        globalThis.gc();
        await sleep(5);
      }
      const open = openFiles(folder);
      if (open.length > losses) ledger.violate(`at rest, streams of Node are open: ${open.join(', ')}`);
    },
  };
};
