import workerpool from 'workerpool';

workerpool.worker({
  salute: () => 'Hail',
  echo: (value: unknown) => value,
  move: (buffer: ArrayBuffer) => new workerpool.Transfer(buffer, [buffer]),
});
