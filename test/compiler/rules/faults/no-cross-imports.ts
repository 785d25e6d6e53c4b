import type { Fault } from './fault.js';

export const importFaults: readonly Fault[] = [
  {
    title: 'code of another plugin',
    file: 'gatehouse/deps.ts',
    to: `import { backOff } from '../treasury/jobs/back-off.js';\nexport const again = backOff(1, new Date(0));`,
    rule: 'no-cross-imports',
    line: 'import { backOff }',
  },
  {
    title: 'an import that was a type before',
    file: 'herald/deps.ts',
    from: `import type { ArenaApi } from '../arena/index.js';`,
    to: `import arenaPlugin, { type ArenaApi } from '../arena/index.js';\nexport const isReloadable = arenaPlugin.reloadable !== false;`,
    rule: 'no-cross-imports',
    line: 'import arenaPlugin',
  },
  {
    title: 'code of another plugin when it is needed',
    file: 'herald/commands/dice.ts',
    to: `export const luck = async (seed: number) => (await import('../../arena/math/random.js')).random(seed).next();`,
    rule: 'no-cross-imports',
    line: `import('../../arena`,
  },
  {
    title: 'code of another plugin passed on',
    file: 'mill/sources/invoices.ts',
    to: `export { entriesOf as ledgerOf } from '../../treasury/ledger/post.js';`,
    rule: 'no-cross-imports',
    line: 'entriesOf as ledgerOf',
  },
  {
    title: 'code of another plugin by require',
    file: 'mill/runs/history.ts',
    to: `import { createRequire } from 'node:module';\nconst load = createRequire(import.meta.url);\nexport const words = () => load('../../herald/message.js');`,
    rule: 'no-cross-imports',
    line: `load('../../herald`,
  },
  {
    title: 'an enum of another plugin',
    file: 'treasury/support/errors.ts',
    to: `import { Status } from '../../gatehouse/index.js';\nexport const statusOf = (error: Error) => (error.cause ? Status.Conflict : Status.Internal);`,
    rule: 'no-cross-imports',
    line: 'import { Status }',
  },
  {
    title: 'a file of the host',
    file: 'arena/world/generate.ts',
    to: `import { settings } from '../../../host/settings.js';\nexport const hall = () => settings.hall;`,
    rule: 'no-cross-imports',
    line: 'import { settings }',
  },
];
