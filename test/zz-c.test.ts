import { it } from 'vitest';
import { noGlobals } from '../lib/build/rules/no-globals.js';
import { checkRule } from './helpers/check-rule.js';
it('x', () => {
  Error.stackTraceLimit = 60;
  try {
    checkRule(noGlobals, {
      'index.ts': `import { z } from './z.js';\nconst User = z.object({ name: z.string() });\nexport const live_z = (x: unknown) => User.check(x);`,
      'z.ts': `class Type { constructor(readonly check: (x: unknown) => boolean) {} optional() { return new Type((x) => x === undefined || this.check(x)); } }\nexport const z = { string: () => new Type((x) => typeof x === 'string'), object: (shape: Record<string, Type>) => new Type((x) => Object.entries(shape).every(([k, t]) => t.check((x as Record<string, unknown>)[k]))) };`,
    });
  } catch (e) {
    console.log((e as Error).stack);
  }
});
