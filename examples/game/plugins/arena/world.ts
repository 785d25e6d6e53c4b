import { kept } from 'liveswap/plugin';
import { Player } from './player.js';

export const players = kept('players', () => new Map<string, Player>());
export const world = kept('world', () => ({ tick: 0 }));

export function playerOf(name: string): Player {
  const player = players.get(name) ?? new Player(name);
  players.set(name, player);
  return player;
}
