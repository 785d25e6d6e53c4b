import type { MakePlugin } from './edition.js';

/** Faults of an edition, as code that fails when its state arrives for the n-th time: first in the rehearsal, then in the move. */
const upcastFaults = {
  'throw in the rehearsal': "if (arrivals === 1) throw new RangeError('broken');",
  'throw in the move': "if (arrivals === 2) throw new RangeError('broken');",
  'exit in the move': 'if (arrivals === 2) process.exit(3);',
} as const;

/** Faults of an edition that show when it becomes active. */
const activeFaults = {
  'throw in onActive': "throw new RangeError('broken');",
  // Between the hook and the assignment, somebody else writes the value that the hook has read.
  'conflict at the assignment':
    "const { dataBag, extension } = context.vault; await dataBag.get('vault key'); await extension.interfere('vault key'); await dataBag.set('vault key', edition);",
} as const;

/** The way in which an edition fails to take over. */
export type EditionFault = keyof typeof upcastFaults | keyof typeof activeFaults;

/** Outcomes of a hand-over: well, without the state, or with a fault of the next edition, of the one that yields, or of a call. */
export const courses = [
  'well',
  'well',
  'well',
  'dropping what is kept',
  ...(Object.keys(upcastFaults) as EditionFault[]),
  ...(Object.keys(activeFaults) as EditionFault[]),
  'throw in onYield',
  'exit in onYield',
  'a call that stays',
] as const;
export type Course = (typeof courses)[number];

/** A plugin that keeps deposits, made by calls and by requests. Its hook `onYield` asks the host how to fail. */
export const treasury =
  (fault?: EditionFault): MakePlugin =>
  (edition) => ({
    name: 'treasury',
    exclusive: true,
    readonly: ['live_deposits'],
    live: {
      live_deposit: 'deposit',
      live_deposits: '() => [...deposits]',
      live_stay: '(back) => back()',
      live_ruin: '() => { process.exit(5); }',
    },
    http: '{ fetch: async ({ url }) => Response.json(await deposit(Number(new URL(url).pathname.slice(1)))) }',
    module: `
const edition = ${edition};
const deposits = new Map();
let arrivals = 0;
const upcast = (state) => { arrivals++; ${codeOf(upcastFaults, fault)} return state; };
const deposit = async (id) => {
  const seen = deposits.get(id) ?? 0;
  await new Promise((resolve) => setTimeout(resolve, id % 4));
  deposits.set(id, seen + 1);
  return { by: { treasury: edition }, version: context.version };
};
const root = { root: deposits, made: [], upcast, saveMs: ${edition % 2 === 0 ? 5 : 'undefined'} };
export const keptRoots = { roots: new Map([['deposits', root]]), registered: new Map() };
`,
    hooks: {
      onActive: `async () => { ${codeOf(activeFaults, fault)} }`,
      onYield:
        "async () => { const how = await context.vault.extension.treasuryYields(); if (how === 'throw in onYield') throw new RangeError('broken'); if (how === 'exit in onYield') process.exit(3); }",
    },
  });

/** Returns the fault of the next edition that makes a hand-over take this course, if the course has one. */
export function editionFault(course: Course): EditionFault | undefined {
  const isOfEdition = course in upcastFaults || course in activeFaults;
  return isOfEdition ? (course as EditionFault) : undefined;
}

function codeOf(faults: Readonly<Record<string, string>>, fault: EditionFault | undefined): string {
  return (fault && faults[fault]) ?? '';
}
