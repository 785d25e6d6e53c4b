import { context, definePlugin, every } from 'liveswap/plugin';
import { playerOf, players, world } from './world.js';

/** What the host does for the arena: it owns the sockets. */
export interface ArenaHost {
  frame(frame: { tick: number; players: number; release: number }): Promise<void>;
}

export const release = 1;

every(1000 / 60, async () => {
  const host = context.vault.extension as ArenaHost;
  await host.frame({ tick: ++world.tick, players: players.size, release });
});

export const live_move = (name: string, number: number, dx: number, dy: number): number =>
  playerOf(name).move(number, dx, dy);

/** Where everybody is. */
export const live_players = (): { name: string; x: number; y: number; moves: number }[] =>
  [...players.values()].map(({ name, x, y, moves }) => ({ name, x, y, moves }));

/** For the proof: what dies has to come back. */
export function live_fall(): void {
  // liveswap-ignore no-process-control: it is to fall
  process.exit(3);
}

export default definePlugin({});
