import type { SwapEvent, Swapper } from '../../lib/index.js';

/** The next event of a type. To be asked for before what causes it. */
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
