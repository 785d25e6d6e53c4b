import { expect, test } from 'vitest';
import { noLongTasks } from '../../../lib/compiler/rules/no-long-tasks/no-long-tasks.js';
import { checkRule } from '../../helpers/check-rule.js';
import { testRulePage } from '../../helpers/rule-page.js';

// The cases of this rule are in test/fixtures/rules/no-long-tasks.
test.each([
  ['an interval', `setInterval(() => {}, 1000);`, /`every\(ms, fn\)`/],
  [
    'a timer that sets itself',
    `setTimeout(function watch() { setTimeout(watch, 50); }, 50);`,
    /`every\(ms, fn\)`/,
  ],
  ['a server', `import { createServer } from 'node:net';\ncreateServer().listen(9000);`, /takesWork: true/],
  ['a watcher', `import { watch } from 'node:fs';\nwatch('gate', () => {});`, /takesWork: true/],
  ['a process', `import { spawn } from 'node:child_process';\nspawn('drawbridge');`, /takesWork: true/],
  [
    'a thread',
    `import { Worker } from 'node:worker_threads';\nnew Worker('./sentry.js');`,
    /takesWork: true/,
  ],
  ['a loop', `for (;;) await new Promise((go) => setTimeout(go, 10));\nexport {};`, /`every\(ms, fn\)`/],
  ['a promise that nobody waits for', `const patrol = async () => {};\nvoid patrol();`, /`onActive`/],
])(
  'the remedy for %s at module level names what does such work in one version only',
  (_what, sources, names) => {
    const [finding] = checkRule(noLongTasks, sources);
    expect(finding?.remedy).toMatch(names);
    expect(finding?.remedy).toMatch(/`onActive`.*`onYield`/);
  },
);

testRulePage(noLongTasks);
