/** Reason why a hook runs: why its version comes, or, in `onYield` and `onFree`, why it goes. */
export type Cause = 'load' | 'reload' | 'rollback' | 'crash' | 'recycle' | 'close';
