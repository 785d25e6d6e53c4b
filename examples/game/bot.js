import { once } from 'node:events';
import { WebSocket } from 'ws';

/** A player that moves as fast as it is answered, and keeps count of where it ought to be. */
export class Bot {
  x = 0;
  y = 0;
  moves = 0;
  wrongs = [];
  #isPlaying = true;
  #done;

  constructor(name, url) {
    this.name = name;
    this.#done = this.#play(new WebSocket(url));
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
      const [dx, dy] = [(this.moves % 3) - 1, (this.moves % 5) - 2];
      const number = this.moves + 1;
      socket.send(JSON.stringify({ name: this.name, number, dx, dy }));
      while (answers.length === 0) await new Promise((resolve) => (wake = resolve));
      const answer = answers.shift();
      if (answer.moves !== number) this.wrongs.push(`move ${number}: ${JSON.stringify(answer)}`);
      this.moves = number;
      this.x += dx;
      this.y += dy;
    }
    socket.close();
  }
}
