#!/usr/bin/env node
// This file is not compiled: npm links a command only when its file is there, and in a fresh clone nothing is compiled yet.
import nodeModule from 'node:module';

// Node 20 has no compile cache. Without one, compiling TypeScript alone takes half a second.
nodeModule.enableCompileCache?.();
await import('../../dist/entries/cli/main.js');
