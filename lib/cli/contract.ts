import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { LiveswapError, messageOf } from '../core/errors.js';
import { diskRemedy } from '../core/disk-remedy.js';
import { exitCodes, type SetExitCode } from './exit-codes.js';

interface ContractFlags {
  readonly out?: string;
  readonly livePrefix?: string;
}

/** Registers `liveswap contract`, which writes the live functions and live types that a host uses. */
export function registerContract(program: Command, setExitCode: SetExitCode): void {
  program
    .command('contract')
    .summary('write down which live functions and live types a host uses')
    .description(
      'Reads the host and what it imports; names are literals or constants. Others are listed as unknown.',
    )
    .argument('<host>', 'the module that the host is started with, TypeScript or JavaScript')
    .option('--out <file>', 'where to write it; without, it is printed')
    .option(
      '--live-prefix <prefix>',
      'what the names of live functions and live types start with (default: live_)',
    )
    .option('--debug', 'print stacks of errors')
    .addHelpText(
      'after',
      `
Examples:
  $ liveswap contract server.ts --out host.contract.json      # then: new Swapper(dir, { contract: 'host.contract.json' })
  $ liveswap check --against dist/plugins --contract host.contract.json plugins`,
    )
    .action(async (host: string, { out, livePrefix }: ContractFlags) => {
      const { hostContract } = await import('../compiler/index.js');
      const contract = hostContract({ entry: host, ...(livePrefix !== undefined && { livePrefix }) });
      const text = `${JSON.stringify(contract, undefined, 2)}\n`;
      if (out === undefined) process.stdout.write(text);
      else await writeFile(out, text).catch((cause: unknown) => notWritten(out, cause));
      for (const { file, line } of contract.unknown) {
        process.stderr.write(`unknown: ${file}:${line} uses a name that is only known at run time\n`);
      }
      setExitCode(exitCodes.ok);
    });
}

function notWritten(out: string, cause: unknown): never {
  const remedy = diskRemedy(cause) ?? 'name another file';
  const message = `Cannot write the contract to ${out}: ${messageOf(cause)}; ${remedy}.`;
  throw new LiveswapError('OPTION_INVALID', message, { option: 'out', cause });
}
