import type { Fault } from './fault.js';

export const shapeFaults: readonly Fault[] = [
  {
    title: 'a live type that needs an argument',
    file: 'mill/live/ticket.ts',
    to: `export class Live_Slip {\n  constructor(readonly pipeline: string) {}\n}`,
    rule: 'plugin-shape',
    line: 'class Live_Slip',
  },
  {
    title: 'a live function without export',
    file: 'treasury/live/refund.ts',
    from: 'export async function live_refund',
    to: 'async function live_refund',
    rule: 'plugin-shape',
    line: 'function live_refund',
  },
  {
    title: 'two live functions of one name',
    file: 'gatehouse/live/upload.ts',
    to: `export async function live_exportOrders(): Promise<void> {}`,
    rule: 'plugin-shape',
    line: 'live_exportOrders',
  },
  {
    title: 'a default export that is only a copy',
    file: 'herald/index.ts',
    from: 'export default plugin;',
    to: 'export default { ...plugin };',
    rule: 'plugin-shape',
    line: 'export default',
  },
  {
    title: 'a generator that is live',
    file: 'arena/live/frames.ts',
    to: `export function* live_still(): Generator<Frame> {\n  yield { tick: 0, positions: new Map() };\n}`,
    rule: 'plugin-shape',
    line: 'live_still',
  },
  {
    title: 'an abstract live type',
    file: 'treasury/live/dunning.ts',
    to: `export abstract class Live_Round {\n  abstract handle(): Promise<void>;\n}`,
    rule: 'plugin-shape',
    line: 'class Live_Round',
  },
];
