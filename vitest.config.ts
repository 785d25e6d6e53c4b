import { configDefaults, defineConfig } from 'vitest/config';

const shared = {
  testTimeout: 60_000,
  hookTimeout: 60_000,
  // What is waited for comes when it comes: a busy machine is no failure.
  expect: { poll: { timeout: 20_000 } },
  // A limit for the whole process, such as NODE_OPTIONS may set, would count for its threads, instead of their own.
  execArgv: ['--max-old-space-size=0'],
};

/** Limits for what starts compilers and servers: on a machine that others use as well, that takes ten times as long. */
const patient = {
  testTimeout: 300_000,
  hookTimeout: 300_000,
  expect: { poll: { timeout: 240_000 } },
};

/**
 * Tests that leave something behind in their process: compilers remember projects, tracers are registered, and what runs in the
 * thread of an app or a plugin is one for the process. All others share processes: one of its own for each file was a third of
 * the processor time of `npm test`.
 */
const ownProcess = [
  'test/{app,app-thread,cli,compiler,otel,package,plugin,thread}/**/*.test.ts',
  'test/http/quick-*.test.ts',
];

export default defineConfig({
  test: {
    // Every suite starts threads of its own: on two cores, more files at once only make them wait for each other.
    maxWorkers: 2,
    projects: [
      {
        test: {
          ...shared,
          name: 'node',
          include: ['test/**/*.test.ts'],
          exclude: [...configDefaults.exclude, ...ownProcess],
          isolate: false,
          typecheck: {
            enabled: true,
            include: ['test/types/**/*.test-d.ts'],
            tsconfig: './test/types/tsconfig.json',
          },
        },
      },
      { test: { ...shared, name: 'alone', include: ownProcess } },
      // What takes long, and what only a change of the compiler's rules, the examples or the public types can break.
      // Chaos drops streams and iterators: what they hold is let go when they are collected.
      {
        test: {
          ...shared,
          name: 'long',
          include: ['test/**/*.long.ts'],
          ...patient,
          execArgv: [...shared.execArgv, '--expose-gc'],
        },
      },
      // Needs packages of its own, which `npm run test:packages` installs.
      {
        test: {
          ...shared,
          name: 'packages',
          // Some are 20 MB, and are built six times.
          include: ['test/packages/*.packages.ts'],
          ...patient,
        },
      },
      // Needs packages, a Redis and a PostgreSQL server of its own: see `npm run test:adapters`.
      { test: { ...shared, name: 'adapters', include: ['test/adapters/**/*.adapters.ts'], ...patient } },
      // Needs packages of its own, which `npm run test:apps` installs; an edit of a large application takes a while.
      { test: { ...shared, name: 'apps', include: ['test/apps/*.apps.ts'], ...patient } },
      // Needs bundlers and runtimes of its own, which `npm run test:platforms` installs.
      {
        test: {
          ...shared,
          name: 'platforms',
          include: ['test/platforms/*.platforms.ts'],
          globalSetup: 'test/platforms/pack-library.ts',
          ...patient,
        },
      },
      // Run by the Windows program of Node, under Wine: see test/windows/README.md.
      {
        test: {
          ...shared,
          name: 'windows',
          include: ['test/{core,manifest,control}/*.test.ts', 'test/windows/*.windows.ts'],
          // A program starts slowly under Wine.
          testTimeout: 240_000,
        },
      },
      // Needs Chromium, so it is not part of `npm test`.
      { test: { ...shared, name: 'browser', include: ['test/browser/**/*.browser.ts'], ...patient } },
    ],
  },
});
