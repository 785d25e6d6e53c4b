import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { LiveswapError } from '../core/errors.js';
import { refuseJitless } from '../core/refuse-jitless.js';
import { addAdapterFlags } from './adapter-flags.js';
import { addAppFlags, isEntry, type AppFlags } from './app/flags.js';
import type { SetExitCode } from './exit-codes.js';
import { toMount, toPort } from './start/flags.js';
import { addBuildFlags, addBundleFlags, addSourceFlags, buildOptions, type BuildFlags } from './flags.js';
import { refuseUnused } from './refuse-unused.js';

/** Flags that only `liveswap dev` has. */
interface DevFlags extends BuildFlags, AppFlags {
  readonly host?: string;
  readonly port?: number;
  readonly hostname: string;
  readonly mount?: Record<string, string>;
  readonly out: string;
  readonly swapBeforeCheck?: boolean;
  readonly check?: boolean;
}

/** Registers `liveswap dev`, which makes saved changes live. */
export function registerDev(
  program: Command,
  setExitCode: SetExitCode,
  hostArguments: readonly string[],
): void {
  const command = program
    .command('dev')
    .summary('build, run, watch: what is saved is live')
    .description(
      'Builds plugins, loads them into a swapper, and swaps in whatever is saved; prints one line for everything that happens.',
    )
    .argument('<source...>', 'plugin folders, or folders of plugin folders; or the file that starts a server')
    .usage('[options] <source...> [-- <arguments of the host or server...>]');
  for (const add of [addBuildFlags, addAdapterFlags, addServerFlags, addPluginFlags]) add(command);
  command
    .addHelpText(
      'after',
      `
Examples:
  $ liveswap dev src/server.ts        the server you already have, reloaded while it serves
  $ liveswap dev --check src/server.ts
  $ liveswap dev plugins
  $ liveswap dev plugins --port 3000
  $ liveswap dev plugins --port 3000 --mount /=web --mount /api=api
  $ liveswap dev plugins --host server.ts
  $ liveswap dev plugins --host server.ts -- --port 8080

The host runs in this process. Its default export is called once, with a swapper whose plugins are loaded, and may return a
function that ends it; its export "options", if any, are the options of that swapper:

  import { createServer } from 'node:http';
  import type { Swapper } from 'liveswap';
  export const options = { threads: 2 };
  export default function serve(swapper: Swapper) {
    const server = createServer(async (request, response) => {
      response.end(await swapper.call('live_answer', request.url).catch(String));
    });
    server.listen(8080);
    return () => server.close();
  }

The host itself is not reloaded: a save of its files is told, and the key r starts it anew. A save of a plugin with findings is refused and
the old version serves on. Ctrl-C lets what is pending finish; again after a second, it ends now.`,
    )
    .action(async (sources: string[], flags: DevFlags) => {
      refuseJitless('liveswap dev');
      const [entry] = sources;
      if (entry !== undefined && sources.length === 1 && isEntry(entry)) {
        refuseUnused(command, {
          flags: [addSourceFlags, addBundleFlags, addPluginFlags],
          because: `${entry} is a server as it is, which listens by itself; that is for plugins`,
        });
        const { runApp } = await import('./app/run-app.js');
        const admin = { port: 0, hostname: '127.0.0.1' };
        return setExitCode(await runApp({ entry, args: hostArguments, flags, watch: true, admin }));
      }
      const missing = sources.find((source) => /\.[cm]?[jt]sx?$/.test(source) && !existsSync(source));
      if (missing !== undefined)
        throw new LiveswapError(
          'OPTION_INVALID',
          `Cannot develop ${missing}: it is not there; name plugin folders, folders of plugin folders, or the file that starts your server.`,
          { option: 'source' },
        );
      const { host, out, port, hostname, mount, swapBeforeCheck } = flags;
      refuseUnused(command, {
        flags: [addServerFlags],
        ...(host === undefined && { args: hostArguments }),
        because: 'that is for a server as it is, and these are plugins',
      });
      if (port === undefined) refuseUnused(command, { flags: [addPortFlags], because: 'there is no --port' });
      const { runDev } = await import('./dev/run-dev.js');
      const options = {
        ...buildOptions(sources, flags),
        outDir: out,
        ...(swapBeforeCheck && { swapBeforeCheck }),
      };
      const choice = {
        ...(host !== undefined && { host: { file: host, args: hostArguments } }),
        ...(port !== undefined && { port: { port, hostname, ...(mount && { mount }) } }),
      };
      const code = await runDev(options, choice, flags);
      setExitCode(code);
      // A host may leave handles open that would keep the process alive.
      if (host !== undefined) process.exit(code);
    });
}

/** Adds the flags that are only for a server as it is. */
function addServerFlags(command: Command): Command {
  return addAppFlags(command).option(
    '--check',
    'look at the types and rules of an app first: what has findings is not swapped in',
  );
}

/** Adds the flags of this command that are only for plugins. */
function addPluginFlags(command: Command): Command {
  return addPortFlags(
    command.option('--host <module>', 'TypeScript or JavaScript that serves with the plugins'),
  )
    .option('--swap-before-check', 'swap what is saved at once, and tell of types and rules afterwards')
    .option('-o, --out <folder>', 'the folder for the artifacts', 'dist/plugins');
}

function addPortFlags(command: Command): Command {
  return command
    .option('-p, --port <number>', 'serve the web apps of the plugins there', toPort)
    .option('--hostname <name>', 'the name or address of that port', 'localhost')
    .option('--mount <prefix=plugin>', 'what answers paths below a prefix there; may be repeated', toMount);
}
