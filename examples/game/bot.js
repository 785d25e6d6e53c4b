import { once } from 'node:events';
import { WebSocket } from 'ws';

/** A player that moves as fast as it is answered, and keeps count of where it ought to be. */
export class Bot {
  x = 0;
  y = 0;
  moves = 0;
  /** Also those that the arena has forgotten. */
  movesInAll = 0;
  wrongs = [];
  #isPlaying = true;
  #rest = Promise.resolve();
  #wakeUp = () => {};
  #sits = () => {};
  #done;

  constructor(name, url) {
    this.name = name;
    this.#done = this.#play(new WebSocket(url));
  }

  /** Resolves when its last move is answered; it makes none until it is woken. */
  rest() {
    this.#rest = new Promise((resolve) => (this.#wakeUp = resolve));
    return new Promise((resolve) => (this.#sits = resolve));
  }

  wakeUp() {
    this.#wakeUp();
  }

  /** The arena has lost it: it begins anew. */
  beginAnew() {
    this.x = this.y = this.moves = 0;
  }

  /** Resolves when its last move is answered. */
  stop() {
    this.#isPlaying = false;
    return this.#done;
  }

  async #play(socket) {
    const answers = [];
    let wake = () => {};
    socket.on('message', (data) => {
      const event = JSON.parse(String(data));
      if (event.kind === 'frame') return;
      answers.push(event);
      wake();
    });
    await once(socket, 'open');
    while (this.#isPlaying) {
      this.#sits();
      await this.#rest;
      const [dx, dy] = [(this.moves % 3) - 1, (this.moves % 5) - 2];
      const number = this.moves + 1;
      socket.send(JSON.stringify({ name: this.name, number, dx, dy }));
      while (answers.length === 0) await new Promise((resolve) => (wake = resolve));
      const answer = answers.shift();
      if (answer.moves !== number) this.wrongs.push(`move ${number}: ${JSON.stringify(answer)}`);
      this.moves = number;
      this.movesInAll++;
      this.x += dx;
      this.y += dy;
    }
    socket.close();
  }
}
