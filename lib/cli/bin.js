#!/usr/bin/env node
// Not compiled itself: npm links a command only when its file is there, and in a fresh clone nothing is compiled yet.
import nodeModule from 'node:module';

// Node 22 has it. TypeScript alone takes half a second to compile.
nodeModule.enableCompileCache?.();
await import('../../dist/entries/cli/main.js');
