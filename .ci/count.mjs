// Prints `N passed, N failed` of reports that vitest wrote as JSON; a file that could not be run, and a report that is missing,
// count as a failure each.
import { readFileSync } from 'node:fs';

const files = process.argv.slice(2).flatMap(readFiles);
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

function readFiles(report) {
  try {
    return JSON.parse(readFileSync(report, 'utf8')).testResults;
  } catch (error) {
    console.log(`No test report: ${error.message}`);
    return [{ status: 'failed', assertionResults: [] }];
  }
}
