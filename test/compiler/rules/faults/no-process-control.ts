import type { Fault } from './fault.js';

export const processFaults: readonly Fault[] = [
  {
    title: 'an exit in a hook',
    file: 'treasury/index.ts',
    from: `  async onFree() {`,
    to: `  async onFree() {\n    if ((await pendingJobs()).length === 0) process.exit(0);`,
    rule: 'no-process-control',
    line: 'process.exit(0)',
  },
  {
    title: 'an exit that was imported',
    file: 'arena/live/order.ts',
    to: `import { exit as surrender } from 'node:process';\nexport const giveUp = () => surrender(1);`,
    rule: 'no-process-control',
    line: 'surrender(1)',
  },
  {
    title: 'a kill that was taken out',
    file: 'herald/commands/forget.ts',
    to: `const { kill: strike, pid } = globalThis.process;\nexport const end = () => strike(pid, 'SIGKILL');`,
    rule: 'no-process-control',
    line: 'strike(pid',
  },
  {
    title: 'another working folder',
    file: 'mill/pipelines/harvest.ts',
    from: 'const clean = ',
    to: 'process.chdir(folder);\nconst clean = ',
    rule: 'no-process-control',
    line: 'process.chdir',
  },
  {
    title: 'a handler of errors that nobody caught',
    file: 'mill/pipelines/run.ts',
    to: `for (const event of ['uncaughtException'] as const) process.on(event, (error) => console.error(error));`,
    rule: 'no-process-control',
    line: 'process.on(event',
  },
  {
    title: 'an exit code',
    file: 'gatehouse/middleware/errors.ts',
    from: `    return exchange.reply(Status.Internal);`,
    to: `    process.exitCode = 70;\n    return exchange.reply(Status.Internal);`,
    rule: 'no-process-control',
    line: 'process.exitCode',
  },
];
