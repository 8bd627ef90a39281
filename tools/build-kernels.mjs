// Compiles the kernels from AssemblyScript: `npm run kernels`. What comes out is checked in, so that nobody needs the
// compiler to use the library; a test compiles them again and compares.
import asc from 'assemblyscript/asc';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const library = fileURLToPath(new URL('../libs/kernels', import.meta.url));
const TARGET = join(library, 'src/wasm/kernels-wasm.ts');

/** The module's text, as it is checked in. */
export async function compileKernels() {
  let binary;
  const { error, stderr } = await asc.main(
    [
      'assembly/index.ts',
      ...['--baseDir', library],
      ...['--outFile', 'kernels.wasm', '-O3', '--noAssert', '--runtime', 'stub', '--use', 'abort='],
      // One memory for every thread, made by the caller; more than the 2 GiB it may grow to is never asked for.
      ...['--importMemory', '--sharedMemory', '--initialMemory', '1', '--maximumMemory', '32768'],
      ...['--enable', 'simd', '--enable', 'threads', '--enable', 'bulk-memory'],
    ],
    {
      writeFile: (name, contents) => {
        if (name.endsWith('.wasm')) binary = contents;
      },
    },
  );
  if (error || binary === undefined) throw new Error(`the kernels do not compile: ${stderr.toString()}`);
  const text = Buffer.from(binary).toString('base64');
  return [
    '// Made by `npm run kernels` from ../../assembly. Not to be edited.',
    '/** The kernels as a WebAssembly module, in base64. */',
    'export const KERNELS_WASM =',
    `  '${text}';`,
    '',
  ].join('\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(TARGET, await compileKernels());
