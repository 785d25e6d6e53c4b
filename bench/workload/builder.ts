import { build } from '../../lib/build/index.js';

const [outDir, ...sources] = process.argv.slice(2);
await build({ sources, outDir: outDir as string });
