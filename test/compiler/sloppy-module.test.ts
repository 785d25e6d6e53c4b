import { expect, test } from 'vitest';
import { isSloppy } from '../../lib/compiler/bundle/sloppy-module.js';

test.each(['/** @typedef {string} Song */\n', '// A line.\n    \n    \n', '    '])(
  'however often %j comes before it, a directive is found, or found to be missing, at once',
  (before) => {
    const head = before.repeat(200);
    expect(isSloppy(`#!/usr/bin/env node\n${head}'use strict';`)).toBe(false);
    expect(isSloppy(`${head}exports.song = 'use strict';`)).toBe(true);
  },
);
