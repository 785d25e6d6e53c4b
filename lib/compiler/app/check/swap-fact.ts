import type { ts } from 'ts-morph';
import { appPath } from './app-sources.js';

/**
 * The fate of something at a swap. `lost`: it starts from scratch. `overlaps`: old and new run side by side for a while.
 * `refused`: it throws. `disk`: it is not frozen but read from disk. `deaf`: it is never called. `held`: it runs in one version
 * at a time. `adapted`: the same, by means of an adapter. `stays`: connections stay with the version that accepted them. `kept`:
 * it lives on.
 */
export type Fate = (typeof fates)[number];

/** The fates, the most urgent first. */
export const fates = [
  'lost',
  'overlaps',
  'refused',
  'disk',
  'deaf',
  'stays',
  'held',
  'adapted',
  'kept',
] as const;

/** A place in an app's own files, and its fate at a swap. Lines and columns count from 1. */
export interface SwapFact {
  readonly fate: Fate;
  /** Absolute path of the file. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** A sentence about the object and its fate. */
  readonly what: string;
  /** The remedy; empty when nothing needs to be done. */
  readonly remedy: string;
}

export function factAt(node: ts.Node, fate: Fate, what: string, remedy = ''): SwapFact {
  const file = node.getSourceFile();
  const { line, character } = file.getLineAndCharacterOfPosition(node.getStart(file));
  return { fate, file: appPath(file.fileName), line: line + 1, column: character + 1, what, remedy };
}
