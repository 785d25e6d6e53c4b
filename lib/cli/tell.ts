import { styleText } from 'node:util';
import { printable } from '../core/printable.js';
import { print } from './output.js';

const colors = {
  saved: 'cyan',
  checked: 'green',
  built: 'green',
  removed: 'yellow',
  swapped: 'green',
  live: 'green',
  failed: 'red',
  draining: 'yellow',
  retired: 'gray',
  host: 'yellow',
  serving: 'cyan',
  ready: 'cyan',
  adapters: 'cyan',
  files: 'yellow',
  admin: 'cyan',
  stopping: 'yellow',
  keys: 'cyan',
} as const;

/** Prints one line: the event, then its details. */
export function tell(what: keyof typeof colors, particulars: string): void {
  const word = styleText(colors[what], what.padEnd(8), { stream: process.stdout });
  print(`${word} ${printable(particulars)}`);
}

/** Prints the outcome of a save with its time: `12:04:31 pricing swapped in 74 ms`. */
export function tellOutcome(text: string, color: 'green' | 'yellow' | 'red'): void {
  const time = styleText('dim', clockOf(new Date()), { stream: process.stdout });
  print(`${time} ${styleText(color, printable(text), { stream: process.stdout })}`);
}

function clockOf(date: Date): string {
  return [date.getHours(), date.getMinutes(), date.getSeconds()]
    .map((part) => String(part).padStart(2, '0'))
    .join(':');
}
