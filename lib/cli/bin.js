#!/usr/bin/env node
// Not compiled itself: npm links a command only when its file is there, and in a fresh clone nothing is compiled yet.
await import('../../dist/entries/cli/main.js');
