import { context, definePlugin, every } from 'liveswap/plugin';
import { letIn, playerOf, players, rooms, world } from './world.js';

/** Methods that the host offers the arena: it owns the sockets. */
export interface ArenaHost {
  frame(frame: { tick: number; players: number; release: number }): Promise<void>;
}

export const release = 1;

every(1000 / 60, async () => {
  const host = context.vault.extension as ArenaHost;
  await host.frame({ tick: ++world.tick, players: players.size, release });
});

export function live_move(name: string, number: number, dx: number, dy: number): number {
  const player = playerOf(name);
  const moves = player.move(number, dx, dy);
  letIn(player).moves++;
  return moves;
}

/** Positions of all players. */
export const live_players = (): { name: string; x: number; y: number; moves: number }[] =>
  [...players.values()].map(({ name, x, y, moves }) => ({ name, x, y, moves }));

/** The players in each room, and the number of moves that ended there. */
export const live_rooms = (): { name: string; moves: number; members: string[] }[] =>
  [...rooms.values()].map(({ name, moves, members }) => ({
    name,
    moves,
    members: [...members].filter((one) => one.room?.name === name).map((one) => one.name),
  }));

/** Ends the thread, for the proof: state that dies with it must come back. */
export function live_fall(): void {
  // liveswap-ignore no-process-control: it is to fall
  process.exit(3);
}

export default definePlugin({});
