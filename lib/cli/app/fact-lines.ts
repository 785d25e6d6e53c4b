import { styleText } from 'node:util';
import type { Fate, SwapFact } from '../../compiler/app/check/swap-fact.js';
import { shownPath } from '../../compiler/diagnostics/shown-path.js';

/** Words for each fate; `isBad` is true where a person should look at it. */
const words: Readonly<Record<Fate, { readonly word: string; readonly isBad: boolean }>> = {
  lost: { word: 'is lost', isBad: true },
  overlaps: { word: 'overlaps', isBad: true },
  refused: { word: 'is refused', isBad: true },
  disk: { word: 'is not frozen', isBad: true },
  deaf: { word: 'is not called', isBad: true },
  stays: { word: 'stays', isBad: false },
  held: { word: 'one at a time', isBad: false },
  adapted: { word: 'is adapted', isBad: false },
  kept: { word: 'is kept', isBad: false },
};

/** Returns whether a person should look at this before a deploy. */
export function isToLookAt({ fate }: SwapFact): boolean {
  return words[fate].isBad;
}

/** Returns a fact as text: its fate and place, then the fact and its remedy. */
export function factLines({ fate, file, line, column, what, remedy }: SwapFact): string[] {
  const { word, isBad } = words[fate];
  const mark = styleText(isBad ? 'yellow' : 'green', word.padEnd(13), { stream: process.stdout });
  return [`${mark} ${shownPath(file)}:${line}:${column}`, `    ${remedy ? `${what} ${remedy}` : what}`];
}
