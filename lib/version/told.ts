import { availableParallelism } from 'node:os';
import { Semaphore } from '../core/semaphore.js';

/**
 * The versions whose threads are told something that nobody waits for, at the same time, of all swappers. Each thread that is told
 * wants a core for a moment: as many at once as a generation has plugins kept the host's thread from its core for up to 60 ms.
 */
export const told = new Semaphore(availableParallelism());

/** After this long, threads that have work of their own to do hold up the others no longer. */
export const LONGEST_TOLD_MS = 10;
