/** An action bound to a key. */
export interface Key {
  readonly help: string;
  readonly press: () => void;
}

/** Listens for keys on a terminal; Ctrl-C still interrupts. Returns a function that stops listening. */
export function listenForKeys(keys: Readonly<Record<string, Key>>, interrupt: () => void): () => void {
  const { stdin } = process;
  if (!stdin.isTTY || !process.stdout.isTTY) return () => {};
  const onData = (data: Buffer): void => {
    for (const key of data.toString()) {
      if (key === CTRL_C) interrupt();
      else keys[key]?.press();
    }
  };
  stdin.setRawMode(true).on('data', onData).unref();
  stdin.resume();
  return () => {
    stdin.off('data', onData).setRawMode(false);
    stdin.pause();
  };
}

/** Formats the keys and their actions as one line. */
export function helpOf(keys: Readonly<Record<string, Key>>): string {
  return Object.entries(keys)
    .map(([key, { help }]) => `${key} ${help}`)
    .join(', ');
}

const CTRL_C = '\u0003';
