#!/usr/bin/env node
// `npm create liveswap my-server` is `liveswap init my-server`.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const command = join(createRequire(import.meta.url).resolve('liveswap/package.json'), '../lib/cli/bin.js');
const { status } = spawnSync(process.execPath, [command, 'init', ...process.argv.slice(2)], {
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
