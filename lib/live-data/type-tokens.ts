/** Thrown where a type is not one of data; what asked for its shape then accepts everything. */
export class NotUnderstood extends Error {}

interface Token {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const token =
  /\s*(?:(?<word>[\p{ID_Start}$_][\p{ID_Continue}$]*|\d[\d_]*(?:\.\d+)?(?:e[+-]?\d+)?n?|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`|=>|\.\.\.|[{}[\]()<>|&,;:?.=-]))/uy;

/** The words and signs of a type's text, one after the other. */
export class TypeTokens {
  readonly #text: string;
  readonly #tokens: Token[] = [];
  #next = 0;

  constructor(text: string) {
    this.#text = text;
    const { length } = text.trimEnd();
    for (let position = 0; position < length; position = token.lastIndex) {
      token.lastIndex = position;
      const word = token.exec(text)?.groups?.['word'];
      if (word === undefined) throw new NotUnderstood();
      this.#tokens.push({ text: word, start: token.lastIndex - word.length, end: token.lastIndex });
    }
  }

  /** The word `ahead` of the next one; empty after the end. */
  peek(ahead = 0): string {
    return this.#tokens[this.#next + ahead]?.text ?? '';
  }

  take(): string {
    const word = this.peek();
    if (word === '') throw new NotUnderstood();
    this.#next++;
    return word;
  }

  skip(word: string): boolean {
    if (this.peek() !== word) return false;
    this.#next++;
    return true;
  }

  expect(word: string): void {
    if (!this.skip(word)) throw new NotUnderstood();
  }

  /** Where the next word starts. */
  get start(): number {
    return this.#tokens[this.#next]?.start ?? this.#text.length;
  }

  /** The text from `start` to the end of the word taken last. */
  since(start: number): string {
    return this.#text.slice(start, this.#tokens[this.#next - 1]?.end);
  }
}
