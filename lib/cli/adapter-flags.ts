import { InvalidArgumentError, type Command } from 'commander';

/** A module of adapters, or a package whose built-in adapter is not used. */
type AdapterFlag = { readonly file: string } | { readonly without: string };

/** Flags about packages that take work by themselves, as parsed by commander. */
export interface AdapterFlags {
  readonly adapter?: readonly AdapterFlag[];
}

/** Adds the flags of {@link AdapterFlags}. */
export function addAdapterFlags(command: Command): Command {
  return command
    .option(
      '--adapter <module>',
      'how a package is handled that takes work by itself; may be repeated',
      addAdapter,
    )
    .option(
      '--no-adapter <package>',
      'leave a package without the built-in adapter; may be repeated',
      dropAdapter,
    );
}

/** Converts these flags to options. */
export function adapterOptions({ adapter = [] }: AdapterFlags): {
  readonly adapters: readonly string[];
  readonly noAdapters: readonly string[];
} {
  return {
    adapters: adapter.flatMap((one) => ('file' in one ? one.file : [])),
    noAdapters: adapter.flatMap((one) => ('without' in one ? one.without : [])),
  };
}

function addAdapter(file: string, before: readonly AdapterFlag[] = []): AdapterFlag[] {
  if (file === '') throw new InvalidArgumentError('Name a module.');
  return [...before, { file }];
}

function dropAdapter(without: string, before: readonly AdapterFlag[] = []): AdapterFlag[] {
  return [...before, { without }];
}
