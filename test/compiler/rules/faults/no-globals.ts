import type { Fault } from './fault.js';

export const globalFaults: readonly Fault[] = [
  {
    title: 'a cache in a module',
    file: 'treasury/invoices/numbers.ts',
    to: `const issued = new Map<string, number>();\nexport const isIssued = (id: string) => issued.has(id);`,
    rule: 'no-globals',
    line: 'const issued',
  },
  {
    title: 'a table that is added to',
    file: 'gatehouse/limits/policy.ts',
    to: `export function addPlan(name: string) {\n  plans.set(name, fallback);\n}`,
    rule: 'no-globals',
    line: 'const plans',
  },
  {
    title: 'a counter in a module',
    file: 'herald/limits/flood.ts',
    to: `let floods = 0;\nexport const countFlood = () => ++floods;`,
    rule: 'no-globals',
    line: 'let floods',
  },
  {
    title: 'a counter in a class',
    file: 'gatehouse/http/api-error.ts',
    from: `  override readonly name = 'ApiError';`,
    to: `  static thrown = 0;\n  override readonly name = 'ApiError';\n  readonly serial = ++ApiError.thrown;`,
    rule: 'no-globals',
    line: 'static thrown',
  },
  {
    title: 'a store that is made once',
    file: 'arena/math/random.ts',
    to: `export const luck = (() => {\n  let state = 1;\n  return () => (state = (state * 48271) % 2147483647);\n})();`,
    rule: 'no-globals',
    line: 'export const luck',
  },
  {
    title: 'a value put on globalThis',
    file: 'mill/support/batched.ts',
    to: `export const share = (rows: unknown[]) => Object.assign(globalThis, { rows });`,
    rule: 'no-globals',
    line: 'export const share',
  },
  {
    title: 'a variable put into the environment',
    file: 'treasury/payments/gateway.ts',
    to: `export const useSandbox = () => {\n  process.env['PAYMENTS_URL'] = 'http://127.0.0.1:9/sandbox';\n};`,
    rule: 'no-globals',
    line: `process.env['PAYMENTS_URL'] = `,
  },
];
