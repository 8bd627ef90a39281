export { collidingInts } from './colliding-ints.js';
