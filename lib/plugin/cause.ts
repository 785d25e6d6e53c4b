/** Reason why a hook runs: why its version starts, or, in `onYield` and `onFree`, why it ends. */
export type Cause = 'load' | 'reload' | 'rollback' | 'crash' | 'recycle' | 'close';
