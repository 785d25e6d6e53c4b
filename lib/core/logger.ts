/** A logger in the shape of pino: an object of facts first, then the message. */
export interface Logger {
  /** Each step. */
  debug(facts: object, message?: string): void;
  /** What happens in the course of things, and output of plugins. */
  info(facts: object, message?: string): void;
  /** What may need a look. */
  warn(facts: object, message?: string): void;
  /** What has failed. */
  error(facts: object, message?: string): void;
}
