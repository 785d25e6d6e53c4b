import { endWithOutput } from './closed-output.js';
import { run } from './run.js';

endWithOutput();
process.exitCode = await run(process.argv.slice(2));
