import { endWithReaders } from './closed-output.js';
import { run } from './run.js';

endWithReaders();
process.exitCode = await run(process.argv.slice(2));
