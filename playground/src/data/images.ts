import type {DataSetInfo, Loaded} from '../messages.js';

/** Pixels of an image: 28 x 28. */
export const PIXELS = 784;

/** Images as bytes, 0 to 255, and their labels. */
export interface Images {
  readonly count: number;
  readonly pixels: Uint8Array;
  readonly labels: Uint8Array;
}

/** A set of images that was fetched. */
export interface DataSet {
  readonly info: DataSetInfo;
  readonly train: Images;
  readonly test: Images;
}

/** Which sets this page has. */
export async function listDataSets(base: string): Promise<readonly DataSetInfo[]> {
  const response = await fetch(new URL('data/index.json', base));
  if (!response.ok) throw new Error(`data/index.json: the server answered ${response.status}.`);
  return ((await response.json()) as {sets: DataSetInfo[]}).sets;
}

/**
 * Fetches a set of images and unpacks it.
 *
 * @param onProgress Called at most a hundred times, as the bytes arrive.
 * @throws If the file is missing, or has another length than its entry says.
 */
export async function fetchDataSet(
  base: string,
  info: DataSetInfo,
  onProgress: (loaded: Loaded) => void,
): Promise<DataSet> {
  const response = await fetch(new URL(`data/${info.file}`, base));
  if (!response.ok || response.body === null) {
    throw new Error(`data/${info.file}: the server answered ${response.status}.`);
  }
  const unpacked = response.body
    .pipeThrough(countBytes(info.bytes, onProgress))
    .pipeThrough(new DecompressionStream('gzip'));
  const bytes = new Uint8Array(await new Response(unpacked).arrayBuffer());
  const {train, test} = info;
  const expected = (train + test) * (PIXELS + 1);
  if (bytes.length !== expected) {
    throw new Error(`data/${info.file}: must hold ${expected} bytes, got ${bytes.length}.`);
  }
  const images = (train + test) * PIXELS;
  return {
    info,
    train: {
      count: train,
      pixels: bytes.subarray(0, train * PIXELS),
      labels: bytes.subarray(images, images + train),
    },
    test: {
      count: test,
      pixels: bytes.subarray(train * PIXELS, images),
      labels: bytes.subarray(images + train),
    },
  };
}

/** Passes bytes on and reports their number after each percent of `total`. */
function countBytes(total: number, onProgress: (loaded: Loaded) => void) {
  let received = 0;
  let told = 0;
  return new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
    transform(chunk, controller) {
      received += chunk.length;
      if (received - told >= total / 100) {
        told = received;
        onProgress({received, total});
      }
      controller.enqueue(chunk);
    },
  });
}
