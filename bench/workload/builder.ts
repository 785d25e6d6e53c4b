import { build } from '../../lib/compiler/index.js';

const [outDir, ...sources] = process.argv.slice(2);
await build({ sources, outDir: outDir as string });
