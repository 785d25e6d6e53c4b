import type { Room } from './world.js';

/** Somebody in the arena; an ordinary class with methods, which live through every release. */
export class Player {
  readonly name: string;
  x = 0;
  y = 0;
  moves = 0;
  level = 1;
  room?: Room;

  constructor(name: string) {
    this.name = name;
  }

  /** Moves the player. The client numbers the moves, so that a lost or doubled one shows. */
  move(number: number, dx: number, dy: number): number {
    if (number !== this.moves + 1) throw new Error(`${this.name}: move ${number} after ${this.moves}`);
    this.x += dx;
    this.y += dy;
    return ++this.moves;
  }
}
