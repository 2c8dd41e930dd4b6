/**
 * Compiles the AssemblyScript sources to WebAssembly modules that work on the memory of TensorFlow.js's
 * wasm backend (or, in `src/node/threads`, on one that threads share), and writes each as a TypeScript file that holds its bytes.
 *
 * Such a module imports `env.memory` and nothing else. It may own no address of that memory, so this
 * rejects data segments; none of the sources allocates, and the compiler's stack is off.
 */
import {existsSync, writeFileSync} from 'node:fs';
import {fileURLToPath} from 'node:url';
import {main} from 'assemblyscript/asc';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Folders with an `assembly/index.ts`, whose module stands beside it as `module.generated.ts`. */
export const FOLDERS = [
  'src/kernels/wasm',
  'src/wasm',
  'src/node/threads',
  'src/circuit/compile/simd',
  'src/circuit/compile/scalar',
].filter((folder) => existsSync(`${root}${folder}/assembly/index.ts`));

const OPTIONS = [
  ...['--optimizeLevel', '3', '--shrinkLevel', '0', '--converge', '--noAssert'],
  ...['--runtime', 'stub', '--importMemory', '--noExportMemory', '--initialMemory', '1'],
  ...['--memoryBase', '0', '--stackSize', '0', '--enable', 'simd', '--use', 'abort='],
];

/** For a module whose memory two threads see: of up to 1 GiB. */
const SHARED = {'src/node/threads': ['--enable', 'threads', '--sharedMemory', '--maximumMemory', '16384']};

/** @returns The text of `folder`'s generated file. */
export async function buildModule(folder) {
  let bytes;
  const {error, stderr} = await main(
    [
      `${folder}/assembly/index.ts`,
      ...OPTIONS,
      ...(SHARED[folder] ?? []),
      '--baseDir',
      root,
      '--outFile',
      'module.wasm',
    ],
    {
      writeFile: (_, contents) => {
        bytes = contents;
      },
    },
  );
  if (error) throw new Error(`${folder}: ${error.message}\n${stderr.toString()}`);
  checkModule(folder, bytes);
  const lines = Buffer.from(bytes)
    .toString('base64')
    .match(/.{1,100}/g);
  return [
    `// Written by \`npm run build:kernels\` from ${folder}/assembly; ${bytes.length} bytes. Not to be edited.`,
    'export const MODULE =',
    `${lines.map((line) => `  '${line}'`).join(' +\n')};`,
    '',
  ].join('\n');
}

function checkModule(folder, bytes) {
  const DATA_SECTION = 11;
  for (let at = 8; at < bytes.length; ) {
    const id = bytes[at++];
    let size = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++];
      size |= (byte & 127) << shift;
      if (byte < 128) break;
    }
    if (id === DATA_SECTION) throw new Error(`${folder}: the module has a data segment`);
    at += size;
  }
  const imports = WebAssembly.Module.imports(new WebAssembly.Module(bytes));
  if (imports.some(({module, name}) => module !== 'env' || name !== 'memory')) {
    throw new Error(`${folder}: the module imports ${JSON.stringify(imports)}`);
  }
}

// node scripts/buildKernels.mjs [folder...]
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const named = process.argv.slice(2);
  for (const folder of named.length > 0 ? named : FOLDERS) {
    writeFileSync(`${root}${folder}/module.generated.ts`, await buildModule(folder));
    console.log(`${folder}/module.generated.ts`);
  }
}
