import { EDITION } from './editions.js';
import type { PluginFiles } from './write-plugins.js';

/** A plugin that answers at once, in the ways in which calls are measured. */
export const herald: PluginFiles = {
  'index.ts': `
import { definePlugin, transfer } from 'liveswap/plugin';

export async function live_salute(): Promise<string> {
  return 'Hail';
}

export async function live_echo(value: unknown): Promise<unknown> {
  return value;
}

export async function live_move(buffer: ArrayBuffer): Promise<ArrayBuffer> {
  return transfer(buffer, [buffer]);
}

const plugin = definePlugin({ exports: { echo: async (value: object): Promise<object> => value } });
export default plugin;
`,
};

/** A plugin whose calls compute, and that tells how long its timers had to wait meanwhile. */
export const smith: PluginFiles = {
  'index.ts': `
import { setTimeout } from 'node:timers/promises';
import { definePlugin } from 'liveswap/plugin';

export async function live_toil(ms: number): Promise<void> {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

export async function live_watch(ms: number): Promise<number> {
  let at = performance.now();
  let longest = 0;
  for (const end = at + ms; at < end; ) {
    await setTimeout(1);
    const now = performance.now();
    longest = Math.max(longest, now - at);
    at = now;
  }
  return longest;
}

export default definePlugin({});
`,
};

/** A plugin that calls {@link herald} from its own thread, as often as it can. */
export const courier: PluginFiles = {
  'index.ts': `
import { definePlugin, importPlugin } from 'liveswap/plugin';

const herald = importPlugin<{ echo(value: object): Promise<object> }>('herald');
const order = { id: 4711, name: 'Ironkill', open: true, position: { x: 12.5, y: -3 }, tags: ['guard', 'gate'] };

export async function live_relay(inFlight: number, ms: number): Promise<number> {
  const began = performance.now();
  const end = began + ms;
  let calls = 0;
  const lane = async (): Promise<void> => {
    while (performance.now() < end) {
      await herald.echo(order);
      calls++;
    }
  };
  await Promise.all(Array.from({ length: inFlight }, lane));
  return (calls / (performance.now() - began)) * 1000;
}

export default definePlugin({});
`,
};

/**
 * Returns a plugin of `files` modules, about 1 KB of code each, that states its edition. Live names are unique among plugins, so
 * they contain `name`.
 */
export function barracks(name: string, files: number): PluginFiles {
  const rooms = Array.from({ length: files - 1 }, (_, index) => [
    `rooms/room-${index}.ts`,
    roomSource(index),
  ]);
  const imports = rooms.map((_, index) => `import { inspect${index} } from './rooms/room-${index}.js';`);
  const calls = rooms.map((_, index) => `inspect${index}(guards)`);
  const index = `
import { definePlugin } from 'liveswap/plugin';
${imports.join('\n')}

export async function live_edition_${name}(): Promise<string> {
  return '${EDITION}';
}

export async function live_inspect_${name}(guards: number): Promise<number> {
  return [${calls.join(', ')}].reduce((sum: number, found: number) => sum + found, guards);
}

export default definePlugin({});
`;
  return { ...(Object.fromEntries(rooms) as PluginFiles), 'index.ts': index };
}

function roomSource(index: number): string {
  const beds = Array.from(
    { length: 8 },
    (_, bed) => `  { bed: ${bed}, owner: 'Guard ${index}-${bed}', made: ${bed % 2 === 0} },`,
  );
  return `
interface Bed {
  readonly bed: number;
  readonly owner: string;
  readonly made: boolean;
}

const beds: readonly Bed[] = [
${beds.join('\n')}
];

function isTidy(bed: Bed): boolean {
  return bed.made && bed.owner.length > ${index % 7};
}

/** How many of the beds are tidy, for each of the guards. */
export function inspect${index}(guards: number): number {
  let tidy = 0;
  for (const bed of beds) {
    if (isTidy(bed)) tidy += guards;
  }
  return tidy;
}
`;
}

/** Returns {@link barracks} of one file that imports an enum of `members` members. */
export function rankedBarracks(name: string, members: number): PluginFiles {
  const ranks = Array.from({ length: members }, (_, rank) => `  Rank${rank} = 'rank-${rank}',`);
  const files = barracks(name, 1);
  return {
    'ranks.ts': `export enum Rank {\n${ranks.join('\n')}\n}\n`,
    'index.ts': `import { Rank } from './ranks.js';\n${files['index.ts']}
export async function live_rank_${name}(rank: Rank): Promise<boolean> {
  return rank === Rank.Rank${members - 1};
}
`,
  };
}

/** Returns {@link barracks} whose modules all import one type; the file of that type states the edition, also in the type. */
export function orderedBarracks(name: string, files: number): PluginFiles {
  const rooms = Object.entries(barracks(name, files)).map(([path, text]) => {
    const isRoot = path === 'index.ts';
    const head = `import { edition, type Order } from '${isRoot ? './' : '../'}order.js';\n`;
    const tail = `\nexport const order: Order = { edition, guards: ${files} };\n`;
    return [path, `${head}${text.replace(`'${EDITION}'`, 'edition')}${isRoot ? '' : tail}`];
  });
  return {
    ...(Object.fromEntries(rooms) as PluginFiles),
    'order.ts': `
export interface Order {
  readonly edition: '${EDITION}';
  readonly guards: number;
}

export const edition = '${EDITION}';
`,
  };
}
