import { demonstratePage } from './page.js';
import { demonstrateFigures } from './terminal.js';
import { demonstrateUnchanged } from './unchanged.js';

// The page is only served if somebody looks at it.
const isWatched = process.argv.includes('--page') || process.stdout.isTTY;
const wantsFigures = process.argv.includes('--terminal') || !isWatched;
const hasServed = await demonstrateUnchanged();
const code = await (wantsFigures ? demonstrateFigures() : demonstratePage());
process.exitCode = hasServed ? code : 1;
