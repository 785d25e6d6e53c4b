// Prints each failure of reports that vitest wrote as JSON, and `N passed, N failed`; a file that could not be run, and a report
// that is missing, count as a failure each. The failures come last, where a log that is cut short still has them.
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';

const files = process.argv.slice(2).flatMap(readFiles);
const tests = files.flatMap((file) => file.assertionResults.map((test) => ({ ...test, file: file.name })));
const passed = tests.filter(({ status }) => status === 'passed').length;
const failures = [
  ...tests.filter(isFailed).map((test) => ({ ...test, why: test.failureMessages.join('\n') })),
  ...files
    .filter((file) => file.status === 'failed' && !file.assertionResults.some(isFailed))
    .map((file) => ({ file: file.name, fullName: 'could not be run', why: file.message })),
];
for (const { file, fullName, why } of failures) {
  console.log(`✗ ${relative('.', file)}: ${fullName}`);
  console.log(why.replaceAll(/^/gm, '    '));
}
console.log(`${passed} passed, ${failures.length} failed`);
process.exitCode = failures.length === 0 && passed > 0 ? 0 : 1;

function isFailed({ status }) {
  return status === 'failed';
}

function readFiles(report) {
  try {
    return JSON.parse(readFileSync(report, 'utf8')).testResults;
  } catch (error) {
    return [{ name: report, status: 'failed', message: error.message, assertionResults: [] }];
  }
}
