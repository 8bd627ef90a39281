export { fakeClock, type FakeClock } from './fake-clock.js';
export { takesOwnWork, V8_FLAGS_PROGRAM } from './v8-flags-program.js';
