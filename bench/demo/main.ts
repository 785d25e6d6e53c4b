import { demonstratePage } from './page.js';
import { demonstrateFigures } from './terminal.js';

// A page is for somebody who looks at it.
const isWatched = process.argv.includes('--page') || process.stdout.isTTY;
const wantsFigures = process.argv.includes('--terminal') || !isWatched;
process.exitCode = await (wantsFigures ? demonstrateFigures() : demonstratePage());
