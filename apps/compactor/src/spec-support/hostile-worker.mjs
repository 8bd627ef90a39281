import { existsSync, writeFileSync } from 'node:fs';
import { serveIsolated } from '../../dist/serve-isolated.js';
import { openTools } from '../../dist/serve-requests.js';

// An isolated worker to which files do what their names say, as files do that find a fault in a decoder.
serveIsolated((setup) => {
  const tools = openTools(setup);
  const { MARKS } = setup.env;
  writeFileSync(`${MARKS}/worker`, String(process.pid));
  const suffer = (name) => {
    if (name.includes('hang')) {
      writeFileSync(`${MARKS}/hanging`, String(process.pid));
      for (;;);
    }
    if (name.includes('grow')) {
      const kept = [];
      while (kept.length < 256) kept.push(Buffer.alloc(2 ** 24, 1));
    }
    if (name.includes('crash')) process.kill(process.pid, 'SIGSEGV');
    if (name.includes('pass') && !existsSync(`${MARKS}/passed`)) {
      writeFileSync(`${MARKS}/passed`, '');
      process.kill(process.pid, 'SIGSEGV');
    }
  };
  const { raw, compact } = tools;
  return {
    ...tools,
    raw: {
      ...raw,
      async get(key, ...rest) {
        suffer(key.slice(key.lastIndexOf('/')));
        return raw.get(key, ...rest);
      },
    },
    compact: {
      ...compact,
      async put(key, ...rest) {
        if (key.includes('crash-when-published')) process.kill(process.pid, 'SIGSEGV');
        return compact.put(key, ...rest);
      },
    },
  };
});
