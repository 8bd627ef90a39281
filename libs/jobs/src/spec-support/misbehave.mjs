// A child process that does what it is told, however bad.
const kept = [];

process.on('disconnect', () => process.exit());
process.on('message', (order) => {
  if (order === 'hang') for (;;);
  if (order === 'grow') while (kept.length < 64) kept.push(Buffer.alloc(2 ** 24, 1));
  if (order === 'crash') process.kill(process.pid, 'SIGSEGV');
  if (order === 'leave') process.exit(7);
  process.send(order);
});
