import { kept } from 'liveswap/plugin';
import { Player } from './player.js';

/** A room in which players meet: a room knows its players, and each player knows its room. */
export class Room {
  readonly name: string;
  readonly members = new Set<Player>();
  moves = 0;

  constructor(name: string) {
    this.name = name;
  }
}

export const players = kept('players', () => new Map<string, Player>());
export const rooms = kept('rooms', () => new Map<string, Room>());
export const world = kept('world', () => ({ tick: 0 }));

export function playerOf(name: string): Player {
  const player = players.get(name) ?? new Player(name);
  players.set(name, player);
  return player;
}

/** Lets a player into the room at the player's place, and returns that room. */
export function letIn(player: Player): Room {
  const name = `${player.y < -2 ? 'south' : 'north'} ${player.x < 0 ? 'west' : 'east'}`;
  const room = rooms.get(name) ?? new Room(name);
  rooms.set(name, room);
  player.room?.members.delete(player);
  room.members.add(player);
  player.room = room;
  return room;
}
