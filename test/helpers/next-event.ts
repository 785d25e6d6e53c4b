import type { SwapEvent, Swapper } from '../../lib/index.js';

/** Resolves to the next event of a type. Call this function before the action that causes the event. */
export function nextEvent<Type extends SwapEvent['type']>(
  swapper: Swapper,
  type: Type,
  isMeant: (event: Extract<SwapEvent, { type: Type }>) => boolean = () => true,
): Promise<Extract<SwapEvent, { type: Type }>> {
  return new Promise((resolve) => {
    const stop = swapper.on(type, (event) => {
      if (!isMeant(event)) return;
      stop();
      resolve(event);
    });
  });
}
