import { callerFile } from './caller-file.js';

/**
 * Lets `process.exit` say which line of an app calls it while the app is not up yet.
 *
 * @param failed is told before `exit` ends the thread.
 */
export function explainEarlyExit(exit: typeof process.exit, failed: (error: Error) => void): void {
  process.exit = (code) => {
    const place = callerFile();
    const where = place ? ` at ${place.file}:${place.line}:${place.column}` : '';
    failed(new Error(`process.exit(${code ?? ''}) was called${where}, before the app was ready`));
    return exit(code);
  };
}
