/*
 * Native TensorFlow for Node from npm and PyPI alone: tfjs-node's own install step downloads a prebuilt TensorFlow 2.9 from a
 * storage bucket, so this compiles tfjs-node's addon against the TensorFlow library in the wheel that PyPI has.
 */
import {spawnSync} from 'node:child_process';
import {existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';

export const TFJS_NODE = '4.22.0';
export const TENSORFLOW = '2.21.0';

const PYTHON = process.env.PYTHON ?? 'python3';
const PLATFORMS: Readonly<Record<string, string>> = {
  x64: 'manylinux_2_27_x86_64',
  arm64: 'manylinux_2_27_aarch64',
};

/** Packages that tfjs-node must share with the tests, so that layers and callbacks are instances of the same classes. */
const SHARED = ['tfjs-core', 'tfjs-layers', 'tfjs-backend-cpu'];

const root = fileURLToPath(new URL('../../', import.meta.url));
const cache = join(root, 'node_modules/.cache');

/** Where the build lies, whether or not it is there: a folder with a node_modules that holds tfjs-node. */
export const NATIVE_FOLDER = join(cache, `tfjs-node-${TFJS_NODE}-tensorflow-${TENSORFLOW}-${process.arch}`);

/** Why there can be no build on this machine. */
export class Missing extends Error {}

/** Whether the build is there. */
export const isBuilt = (): boolean => existsSync(NATIVE_FOLDER);

/**
 * Builds tfjs-node where that has not been done: 274 MB to download, a minute.
 *
 * @returns `NATIVE_FOLDER`.
 * @throws `Missing` if the machine lacks what it takes, or a registry is out of reach.
 */
export function buildNative(): string {
  if (isBuilt()) return NATIVE_FOLDER;
  const platform = process.platform === 'linux' ? PLATFORMS[process.arch] : undefined;
  if (platform === undefined)
    throw new Missing(`PyPI has no TensorFlow library for ${process.platform} on ${process.arch}`);
  need(PYTHON, ['-m', 'pip', '--version'], `${PYTHON} with pip is not installed`);
  need('g++', ['--version'], 'g++ is not installed');
  mkdirSync(cache, {recursive: true});
  // A build that is interrupted leaves nothing that a later one takes for whole.
  const folder = mkdtempSync(join(cache, 'building-tfjs-node-'));
  try {
    installPackages(folder);
    const addon = join(folder, 'node_modules/@tensorflow/tfjs-node');
    unpackTensorFlow(folder, join(addon, 'deps'), platform);
    compileAddon(folder, addon);
    renameSync(folder, NATIVE_FOLDER);
  } finally {
    rmSync(folder, {recursive: true, force: true});
  }
  return NATIVE_FOLDER;
}

function installPackages(folder: string): void {
  const dependencies = {'@tensorflow/tfjs-node': TFJS_NODE, 'node-api-headers': '1'};
  writeFileSync(join(folder, 'package.json'), JSON.stringify({private: true, dependencies}));
  console.log(`Installing tfjs-node ${TFJS_NODE} from npm, without its install step ...`);
  const quiet = ['--ignore-scripts', '--no-package-lock', '--no-audit', '--no-fund', '--loglevel=error'];
  need('npm', ['install', ...quiet], 'npm could not install tfjs-node: is the registry within reach?', {
    cwd: folder,
  });
  // Node then finds the checkout's copies, further up.
  for (const name of SHARED) {
    rmSync(join(folder, 'node_modules/@tensorflow', name), {recursive: true, force: true});
  }
}

/** The libraries and the headers of their C interface, from the wheel. */
function unpackTensorFlow(folder: string, deps: string, platform: string): void {
  console.log(`Downloading TensorFlow ${TENSORFLOW} from PyPI ...`);
  const wheel = ['--no-deps', '--only-binary=:all:', '--python-version', '3.11', '--platform', platform];
  need(
    PYTHON,
    [
      '-m',
      'pip',
      'download',
      '--quiet',
      '--no-cache-dir',
      '--dest',
      folder,
      ...wheel,
      `tensorflow-cpu==${TENSORFLOW}`,
    ],
    'pip could not download TensorFlow: is PyPI within reach?',
  );
  const name = readdirSync(folder).find((file) => file.endsWith('.whl'))!;
  need(PYTHON, ['-c', UNPACK, join(folder, name), deps], 'the wheel of TensorFlow could not be unpacked');
  rmSync(join(folder, name));
}

const UNPACK = `
import os, shutil, sys, zipfile
wheel, deps = sys.argv[1:]
headers = tuple('tensorflow/include/' + part for part in ('tensorflow/c/', 'tensorflow/core/platform/', 'xla/tsl/', 'tsl/'))
with zipfile.ZipFile(wheel) as archive:
    for name in archive.namelist():
        if name in ('tensorflow/libtensorflow_cc.so.2', 'tensorflow/libtensorflow_framework.so.2'):
            target = os.path.join(deps, 'lib', os.path.basename(name))
        elif name.startswith(headers) and name.endswith('.h'):
            target = os.path.join(deps, 'include', name[len('tensorflow/include/'):])
        else:
            continue
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with archive.open(name) as source, open(target, 'wb') as copy:
            shutil.copyfileobj(source, copy, 1 << 20)
`;

function compileAddon(folder: string, addon: string): void {
  console.log("Compiling tfjs-node's addon ...");
  const binding = join(addon, 'binding');
  const output = join(addon, 'lib/napi-v8');
  mkdirSync(output, {recursive: true});
  const sources = readdirSync(binding).filter((file) => file.endsWith('.cc'));
  const includes = [
    join(folder, 'node_modules/node-api-headers/include'),
    join(addon, 'deps/include'),
    addon,
  ];
  const libraries = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'];
  need(
    'g++',
    [
      ...['-std=c++17', '-O1', '-w', '-shared', '-fPIC', '-DNAPI_VERSION=8'],
      ...includes.flatMap((path) => ['-I', path]),
      ...sources.map((file) => join(binding, file)),
      ...libraries.map((file) => join(addon, 'deps/lib', file)),
      '-Wl,-rpath,$ORIGIN/../../deps/lib',
      ...['-o', join(output, 'tfjs_binding.node')],
    ],
    "g++ could not compile tfjs-node's addon",
  );
}

/** @throws `Missing` where the command fails. */
function need(command: string, args: string[], otherwise: string, options: {cwd?: string} = {}): void {
  const {status, stdout, stderr, error} = spawnSync(command, args, {
    encoding: 'utf8',
    maxBuffer: 1 << 26,
    ...options,
  });
  if (status !== 0) throw new Missing(`${otherwise}\n${error?.message ?? `${stdout}${stderr}`}`.trimEnd());
}
