import { EventEmitter } from 'node:events';
import { joinParent, type ChildProcessLike } from './join-parent.js';

function fakeProcess() {
  const events = new EventEmitter();
  const exits: number[] = [];
  const sent: unknown[] = [];
  const target: ChildProcessLike = {
    on: (event, listener) => events.on(event, listener),
    exit: (code) => exits.push(code),
    send(message, _handle, _options, done) {
      sent.push(message);
      setImmediate(done);
      return true;
    },
  };
  return { target, events, exits, sent };
}

describe('joinParent', () => {
  it('passes messages both ways', async () => {
    const { target, events, sent } = fakeProcess();
    const heard: string[] = [];
    const channel = joinParent<string, string>(target);
    channel.onMessage((message) => heard.push(message));
    events.emit('message', 'do this');
    await channel.send('done');
    expect({ heard, sent }).toEqual({ heard: ['do this'], sent: ['done'] });
  });

  it('leaves signals to the parent, and ends with it', () => {
    const { target, events, exits } = fakeProcess();
    joinParent(target);
    expect(events.emit('SIGINT')).toBe(true);
    expect(events.emit('SIGTERM')).toBe(true);
    expect(exits).toEqual([]);
    events.emit('disconnect');
    expect(exits).toEqual([0]);
  });

  it('is refused to a program that nobody started', () => {
    const { target } = fakeProcess();
    expect(() => joinParent({ on: target.on, exit: target.exit })).toThrow('started by another');
  });
});
