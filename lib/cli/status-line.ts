import { stripVTControlCharacters } from 'node:util';

/** A stream that may be a terminal. */
export interface Screen {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write: (typeof process.stdout)['write'];
}

const CLEAR = '\r\u001B[K';
const EVERY_MS = 500;

/** The last line of a terminal, kept up to date below everything else that is written there. Without a terminal there is none. */
export class StatusLine {
  readonly #screen: Screen;
  readonly #text: () => string;
  readonly #restore: (() => void)[] = [];
  readonly #write: Screen['write'];
  #shown: string | undefined;
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param screen where the line is.
   * @param others streams that end up on the same terminal.
   * @param text what the line says now.
   */
  constructor(screen: Screen, others: readonly Screen[], text: () => string) {
    this.#screen = screen;
    this.#text = text;
    this.#write = screen.write.bind(screen);
    if (!screen.isTTY) return;
    for (const stream of [screen, ...others.filter(({ isTTY }) => isTTY)]) this.#giveWay(stream);
    this.#timer = setInterval(() => this.draw(), EVERY_MS);
    this.#timer.unref();
  }

  /** Brings the line up to date. */
  draw(): void {
    if (!this.#timer) return;
    // Some terminals say 0.
    const room = (this.#screen.columns || 80) - 1;
    const line = `${CLEAR}${shorten(this.#text(), room)}`;
    if (line !== this.#shown) this.#write(line);
    this.#shown = line;
  }

  /** Takes the line away. */
  end(): void {
    if (!this.#timer) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#write(CLEAR);
    for (const restore of this.#restore) restore();
  }

  /** Whatever anyone writes to the terminal comes above the line. */
  #giveWay(stream: Screen): void {
    const { write } = stream;
    stream.write = (chunk: string | Uint8Array, ...rest: never[]) => {
      this.#write(CLEAR);
      this.#shown = undefined;
      const isFree = write.call(stream, chunk, ...rest);
      const text = typeof chunk === 'string' ? chunk : new TextDecoder().decode(chunk);
      if (text.endsWith('\n')) this.draw();
      return isFree;
    };
    this.#restore.push(() => {
      stream.write = write;
    });
  }
}

function shorten(text: string, room: number): string {
  if (stripVTControlCharacters(text).length <= room) return text;
  return `${stripVTControlCharacters(text).slice(0, room - 1)}…`;
}
