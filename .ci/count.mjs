// Prints `N passed, N failed` of a report that vitest wrote as JSON; a file that could not be run counts as a failure.
import { readFileSync } from 'node:fs';

const [, , report] = process.argv;
const files = readFiles();
const tests = files.flatMap((file) => file.assertionResults);
const passed = tests.filter((test) => test.status === 'passed').length;
const broken = files.filter(
  (file) => file.status === 'failed' && !file.assertionResults.some(isFailed),
).length;
const failed = tests.filter(isFailed).length + broken;
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;

function isFailed(test) {
  return test.status === 'failed';
}

function readFiles() {
  try {
    return JSON.parse(readFileSync(report, 'utf8')).testResults;
  } catch (error) {
    console.log(`No test report: ${error.message}`);
    return [{ status: 'failed', assertionResults: [] }];
  }
}
