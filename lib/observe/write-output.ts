const ignore = (): void => {};

/** Writes to stdout or stderr as the platform's console does: a reader that is gone, or a full disk, does not end the process. */
export function writeOutput(stream: NodeJS.WritableStream, text: string): void {
  stream.write(text, (error) => {
    // The stream emits the error next. What is piped to it, as the output of workers is, would throw it.
    if (error && !stream.listeners('error').includes(ignore)) stream.once('error', ignore);
  });
}
