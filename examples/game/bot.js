import { once } from 'node:events';
import { WebSocket } from 'ws';

/** Number of moves that may be under way: they must arrive, and be answered, in order. */
const AHEAD = 4;

/** A player that moves as fast as it is answered, and counts where it should be. */
export class Bot {
  x = 0;
  y = 0;
  moves = 0;
  /** Number of moves, including those that the arena has forgotten. */
  movesInAll = 0;
  wrongs = [];
  #isPlaying = true;
  #isResting = false;
  /** Moves that have no answer yet. */
  #asked = [];
  #wake = () => {};
  #rest;
  #wakeUp = () => {};
  #sits = () => {};
  #done;

  constructor(name, url) {
    this.name = name;
    this.#done = this.#play(new WebSocket(url));
  }

  /** Stops moving until it is woken. Resolves when its last move is answered. */
  rest() {
    this.#isResting = true;
    this.#rest = new Promise((resolve) => (this.#wakeUp = resolve));
    return new Promise((resolve) => (this.#sits = resolve));
  }

  wakeUp() {
    this.#isResting = false;
    this.#wakeUp();
  }

  /** Begins anew, because the arena has lost this player. */
  beginAnew() {
    this.x = this.y = this.moves = 0;
  }

  /** Stops for good. Resolves when the last move is answered. */
  stop() {
    this.#isPlaying = false;
    return this.#done;
  }

  async #play(socket) {
    await once(socket, 'open');
    socket.on('message', (data) => {
      const event = JSON.parse(String(data));
      if (event.kind === 'frame') return;
      this.#answered(event);
    });
    while (this.#isPlaying) {
      if (this.#isResting) await this.#sit();
      this.#ask(socket);
      while (this.#asked.length >= AHEAD) await this.#nextAnswer();
    }
    await this.#allAnswered();
    socket.close();
  }

  async #sit() {
    await this.#allAnswered();
    this.#sits();
    await this.#rest;
  }

  #ask(socket) {
    const before = this.#asked.at(-1)?.number ?? this.moves;
    const [dx, dy] = [(before % 3) - 1, (before % 5) - 2];
    const move = { name: this.name, number: before + 1, dx, dy };
    this.#asked.push(move);
    socket.send(JSON.stringify(move));
  }

  /** Handles an answer. Answers come in the order of the moves. */
  #answered(answer) {
    const { number, dx, dy } = this.#asked.shift();
    if (answer.moves !== number) this.wrongs.push(`move ${number}: ${JSON.stringify(answer)}`);
    this.moves = number;
    this.movesInAll++;
    this.x += dx;
    this.y += dy;
    this.#wake();
  }

  #nextAnswer() {
    return new Promise((resolve) => (this.#wake = resolve));
  }

  async #allAnswered() {
    while (this.#asked.length > 0) await this.#nextAnswer();
  }
}
