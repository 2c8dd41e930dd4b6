import {gather, Tensor, tensor1d} from '@tensorflow/tfjs-core';
import {checkOptions} from '../../functional/checkOptions.js';
import {fillUniform, randomKey} from '../../functional/random.js';
import {integer, invalid, wholeNumber} from '../../functional/validate.js';

const OWNER = 'ShuffledBatches';

/** Keeps these random numbers apart from those of any layer. */
const STREAM = 0x5a0ff1e5;

/** Tensors of one model's inputs or outputs, with the samples along the first axis. */
export type Samples = Tensor | readonly Tensor[] | Readonly<Record<string, Tensor>>;

/** Options of `shuffledBatches`. */
export interface ShuffledBatchesArgs {
  /** Same seed, same order in every epoch, on every backend. */
  seed: number;
  /** Samples per batch. Default 32, as in `fit`. */
  batchSize?: number;
  /** Whether the last batch of an epoch may be smaller. Default true; otherwise the samples left over are left out. */
  partial?: boolean;
}

/** Where an epoch stands: so many of its batches have been handed out. */
export interface Position {
  /** Counted from 0. */
  readonly epoch: number;
  /** Batches handed out. */
  readonly batch: number;
}

/** What `fitDataset` reads. */
interface Batch {
  readonly xs: Tensor | Tensor[] | Record<string, Tensor>;
  readonly ys: Tensor | Tensor[] | Record<string, Tensor>;
}

/**
 * Batches for `model.fitDataset` in a new random order each epoch, a function of the seed and the epoch alone.
 *
 * `fit` shuffles with Math.random, so that an interrupted run cannot go on where it stopped. These batches can: given to
 * `callbacks.checkpoint` as `batches`, a resumed run continues in the middle of an epoch, with the same batches.
 *
 * @throws If an option is out of its range or unknown, or the tensors differ in their number of samples.
 * @example
 * const batches = shuffledBatches(x, y, {seed: 1, batchSize: 64});
 * await model.fitDataset(batches, {epochs: 2});
 */
export class ShuffledBatches {
  /** Batches per epoch. */
  readonly size: number;
  /** The seed of the order. */
  readonly seed: number;
  /** Samples per batch. */
  readonly batchSize: number;
  /** Samples in all. */
  readonly samples: number;
  private current: Position = {epoch: 0, batch: 0};
  private next: Position = {epoch: 0, batch: 0};

  constructor(
    private readonly x: Samples,
    private readonly y: Samples,
    args: ShuffledBatchesArgs,
  ) {
    checkOptions(OWNER, args, ['seed', 'batchSize', 'partial']);
    const {seed, batchSize = 32, partial = true} = args ?? {};
    this.seed = integer(OWNER, 'seed', seed);
    this.batchSize = wholeNumber(OWNER, 'batchSize', batchSize, 1);
    if (typeof partial !== 'boolean') throw invalid(OWNER, 'partial', 'true or false', partial);
    for (const [field, samples] of Object.entries({x, y})) checkSamples(field, samples);
    const [first, ...others] = [x, y].flatMap((samples) => tensorsOf(samples));
    this.samples = first?.shape[0] ?? 0;
    for (const other of others) {
      if (other.shape[0] === this.samples) continue;
      throw invalid(OWNER, 'y', `of as many samples as \`x\` (${this.samples})`, other.shape[0]);
    }
    const batches = this.samples / this.batchSize;
    this.size = partial ? Math.ceil(batches) : Math.floor(batches);
    if (this.size === 0) {
      const requirement = partial
        ? 'of at least one sample'
        : `of at least one batch of ${this.batchSize} with \`partial: false\``;
      throw invalid(OWNER, 'x', requirement, this.samples);
    }
  }

  /** The epoch that is under way, and how many of its batches have been handed out; between two epochs the next one's. */
  get position(): Position {
    return this.current;
  }

  /** Lets the next epoch be `epoch`, from batch `batch` on. */
  startAt(epoch: number, batch = 0): void {
    wholeNumber(OWNER, 'epoch', epoch, 0);
    wholeNumber(OWNER, 'batch', batch, 0);
    if (batch > this.size)
      throw invalid(OWNER, 'batch', `at most ${this.size}, the batches of an epoch`, batch);
    this.next = {epoch, batch};
    this.current = this.next;
  }

  /** One epoch; it begins with the first batch that is asked for. */
  async iterator(): Promise<AsyncGenerator<Batch>> {
    return this.epoch();
  }

  private async *epoch(): AsyncGenerator<Batch> {
    const {epoch, batch: first} = this.next;
    this.next = {epoch: epoch + 1, batch: 0};
    const order = permutation(this.samples, this.seed, epoch);
    for (let batch = first; batch < this.size; batch++) {
      this.current = {epoch, batch: batch + 1};
      const indices = tensor1d(
        order.subarray(batch * this.batchSize, (batch + 1) * this.batchSize) as Int32Array,
        'int32',
      );
      const rows = (samples: Samples) => mapTensors(samples, (tensor) => gather(tensor, indices));
      const made = {xs: rows(this.x), ys: rows(this.y)};
      indices.dispose();
      yield made;
    }
    this.current = this.next;
  }
}

/**
 * Batches in a seeded order, which checkpoints can continue; see `ShuffledBatches`.
 * @example
 * const batches = shuffledBatches(x, y, {seed: 1, batchSize: 8});
 * await model.fitDataset(batches, {epochs: 2});
 */
export const shuffledBatches = (x: Samples, y: Samples, args: ShuffledBatchesArgs) =>
  new ShuffledBatches(x, y, args);

/** @throws unless the samples are tensors. */
function checkSamples(field: string, samples: Samples): void {
  const tensors = typeof samples === 'object' && samples !== null ? tensorsOf(samples) : [];
  if (tensors.length > 0 && tensors.every((one) => one instanceof Tensor && one.rank > 0)) return;
  throw invalid(OWNER, field, 'a tensor, samples first, or several', samples);
}

function tensorsOf(samples: Samples): Tensor[] {
  return 'dataId' in samples ? [samples as Tensor] : Object.values(samples);
}

function mapTensors(samples: Samples, make: (tensor: Tensor) => Tensor): Batch['xs'] {
  if ('dataId' in samples) return make(samples as Tensor);
  if (Array.isArray(samples)) return samples.map(make);
  return Object.fromEntries(Object.entries(samples).map(([name, tensor]) => [name, make(tensor)]));
}

/** Fisher and Yates' shuffle: each of 0 to count - 1 once, in an order that depends on the arguments alone. */
function permutation(count: number, seed: number, epoch: number): Int32Array {
  const uniform = new Float32Array(count);
  fillUniform(uniform, randomKey(seed, STREAM, epoch));
  const order = Int32Array.from(uniform, (_, position) => position);
  for (let last = count - 1; last > 0; last--) {
    const other = Math.floor(uniform[last]! * (last + 1));
    [order[last], order[other]] = [order[other]!, order[last]!];
  }
  return order;
}
