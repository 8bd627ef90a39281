import { collectGarbage } from './collect-garbage.js';

/** Refers to an object that nobody holds any more. */
function forgotten(): WeakRef<object> {
  return new WeakRef({ some: 'thing' });
}

describe('collectGarbage', () => {
  it('frees what nobody holds, and nothing else', async () => {
    const held = { some: 'thing' };
    const [toHeld, toForgotten] = [new WeakRef(held), forgotten()];
    // What a reference was made to, or asked for, lives until the end of the task.
    await new Promise(setImmediate);
    collectGarbage();
    expect(toForgotten.deref()).toBeUndefined();
    expect(toHeld.deref()).toBe(held);
  });

  it('leaves no trace in this context', () => {
    collectGarbage();
    expect('gc' in globalThis).toBe(false);
  });
});
