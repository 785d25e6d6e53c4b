import type { Command } from 'commander';

/**
 * Refuses empty texts as arguments and as values of options, which a shell gives for a variable that is not set: as a path, one
 * would mean the working folder.
 */
export function refuseEmpty(command: Command): void {
  const values: readonly (readonly [name: string, value: unknown])[] = [
    ...command.registeredArguments.map((one, index) => [one.name(), command.processedArgs[index]] as const),
    ...command.options.map((one) => [one.flags, command.getOptionValue(one.attributeName())] as const),
  ];
  for (const [name, value] of values) {
    if (value !== '' && !(Array.isArray(value) && value.includes(''))) continue;
    command.error(`error: ${name} is empty; give it a value (is a variable not set?), or . for this folder`);
  }
}
