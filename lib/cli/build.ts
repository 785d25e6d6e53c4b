import type { Command } from 'commander';
import { addAdapterFlags } from './adapter-flags.js';
import { addAppBuildFlags } from './app/flags.js';
import { refuseFiles } from './app/refuse-sources.js';
import type { BuildCommandFlags } from './build-command-flags.js';
import type { SetExitCode } from './exit-codes.js';
import { addBuildFlags, addBundleFlags, addFindingsFlags, addSourceFlags, buildOptions } from './flags.js';
import { refuseUnused } from './refuse-unused.js';

/** Registers `liveswap build`, which writes artifacts. */
export function registerBuild(
  program: Command,
  setExitCode: SetExitCode,
  appArguments: readonly string[],
): void {
  const command = program
    .command('build')
    .summary('make the artifacts that a host loads')
    .description(
      'Builds each plugin into one self-contained file, <name>.plugin.mjs, and live.d.ts, the types of all live functions.',
    )
    .argument(
      '<paths...>',
      'plugin folders, or folders of plugin folders; last, unless -o names it, the folder for the artifacts',
    )
    .usage('[options] <plugin-folder...> <out-folder>');
  for (const add of [addBuildFlags, addAdapterFlags, addAppBuildFlags, addPluginFlags]) add(command);
  command
    .option('-o, --out <folder>', 'the folder for the artifacts')
    .option('--app', 'make the artifact of a server as it is, from the file that starts it')
    .addHelpText(
      'after',
      `
Examples:
  $ liveswap build plugins/guardian plugins/armory dist/plugins
  $ liveswap build -o dist/plugins plugins/*
  $ liveswap build --watch -v plugins dist/plugins
  $ liveswap build --define STAGE=production --external sharp plugins dist/plugins
  $ liveswap build --include '\\.(txt|sql)$' plugins dist/plugins
  $ liveswap build --app dist/server.js release        # then: liveswap start release --root .
  $ liveswap build --static plugins dist/plugins       # then: new Swapper(dir, { static: plugins })

A plugin with findings is not written; its earlier artifact stays, so that what is deployed stays sound.`,
    )
    .action(async (paths: string[], flags: BuildCommandFlags, command: Command) => {
      const outDir = flags.out ?? paths.at(-1);
      const sources = flags.out === undefined ? paths.slice(0, -1) : paths;
      if (!outDir || sources.length === 0) {
        command.error('error: missing the out folder: liveswap build <plugin-folder...> <out-folder>');
      }
      refuseUnused(
        command,
        flags.app
          ? {
              flags: [addSourceFlags, addFindingsFlags, addBundleFlags, addPluginFlags],
              because: 'with --app, a server is taken as it is',
            }
          : {
              flags: [addAppBuildFlags],
              args: appArguments,
              because: 'that is for a server as it is; add --app, or leave it out',
            },
      );
      if (flags.app) {
        const { runBuildApp } = await import('./app/run-build-app.js');
        return setExitCode(await runBuildApp({ sources, outDir, args: appArguments, flags }));
      }
      refuseFiles(sources);
      const { runBuild } = await import('./run-build.js');
      const { entryOnly } = flags;
      const options = { ...buildOptions(sources, flags), outDir, ...(entryOnly && { entryOnly }) };
      setExitCode(await runBuild(options, flags));
    });
}

/** Adds the flags of this command that an app does not have. */
function addPluginFlags(command: Command): Command {
  return command
    .option('--entry-only', 'write the generated entry of each plugin, <name>.entry.ts, and nothing else')
    .option(
      '--clean',
      'remove from the out folder what builds of these plugins wrote there, and build nothing',
    )
    .option('--watch', 'build again at each change, until interrupted');
}
