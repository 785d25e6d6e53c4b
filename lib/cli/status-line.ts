import { stripVTControlCharacters } from 'node:util';

/** A stream that may be a terminal. */
export interface Screen {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write: (typeof process.stdout)['write'];
}

const CLEAR = '\r\u001B[K';
const EVERY_MS = 500;

/** The last line of a terminal, kept current below all other output. Does nothing without a terminal. */
export class StatusLine {
  readonly #screen: Screen;
  readonly #text: () => string;
  readonly #restore: (() => void)[] = [];
  readonly #write: Screen['write'];
  #shown: string | undefined;
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param screen the stream that shows the line.
   * @param others streams that write to the same terminal.
   * @param text returns the current text of the line.
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

  /** Redraws the line if its text has changed. */
  draw(): void {
    if (!this.#timer) return;
    // Some terminals report 0 columns.
    const room = (this.#screen.columns || 80) - 1;
    const line = `${CLEAR}${shorten(this.#text(), room)}`;
    if (line !== this.#shown) this.#write(line);
    this.#shown = line;
  }

  /** Removes the line. */
  end(): void {
    if (!this.#timer) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#write(CLEAR);
    for (const restore of this.#restore) restore();
  }

  /** Keeps the line below everything that is written to `stream`. */
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
