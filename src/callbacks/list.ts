import {type Callback, CustomCallback} from '@tensorflow/tfjs-layers';
import type {BaseCallback, CustomCallbackArgs} from '@tensorflow/tfjs-layers/dist/base_callbacks.js';
import {invalid, positive} from '../functional/validate.js';

/** What `callbacks.list` takes: instances, plain objects of hooks (as tfvis makes them), lists of both. */
export type ListedCallback = CallbackInstance | CustomCallbackArgs | readonly ListedCallback[];

/** What distinguishes an instance from a plain object. Hooks are left out, so that TypeScript infers those of plain objects. */
type CallbackInstance = Pick<BaseCallback, 'setParams' | 'setModel'>;

const HOOKS = [
  'onTrainBegin',
  'onTrainEnd',
  'onEpochBegin',
  'onEpochEnd',
  'onBatchBegin',
  'onBatchEnd',
  'onYield',
] as const;

const YIELDS = ['auto', 'batch', 'epoch', 'never'];

/**
 * Combines callback instances and plain objects of hooks into one array, which `model.fit` by itself does not accept. Keeps their order.
 *
 * @param yieldEvery When plain objects with `onYield` yield to the page, as in `model.fit`.
 * @throws If `entries` is not an array, an entry is neither an instance nor an object with a hook, or `yieldEvery` is unknown.
 * @example
 * const report = {onEpochEnd: async (epoch: number) => console.log('epoch', epoch)};
 * await model.fit(x, y, {callbacks: callbacks.list([callbacks.monitors(), report])});
 */
export function list(
  entries: readonly ListedCallback[],
  yieldEvery: 'auto' | 'batch' | 'epoch' | 'never' | number = 'auto',
): Callback[] {
  if (!Array.isArray(entries)) throw invalid('list', 'entries', 'an array of callbacks', entries);
  if (typeof yieldEvery === 'number') positive('list', 'yieldEvery', yieldEvery);
  else if (!YIELDS.includes(yieldEvery)) {
    const requirement = `one of ${YIELDS.map((one) => `'${one}'`).join(', ')}, or a number of milliseconds`;
    throw invalid('list', 'yieldEvery', requirement, yieldEvery);
  }
  return entries.flatMap((entry, i) => toInstances(entry, i, yieldEvery)) as Callback[];
}

function toInstances(
  entry: ListedCallback,
  index: number,
  yieldEvery: Parameters<typeof list>[1],
): BaseCallback[] {
  // A factory of this package says how to call it.
  if (typeof entry === 'function' && 'setParams' in entry) (entry as CallbackInstance).setParams({});
  if (Array.isArray(entry)) return entry.flatMap((inner) => toInstances(inner, index, yieldEvery));
  if (typeof entry === 'object' && entry !== null) {
    if ('setParams' in entry && 'setModel' in entry) return [entry as BaseCallback];
    if (HOOKS.some((hook) => typeof (entry as CustomCallbackArgs)[hook] === 'function')) {
      return [new CustomCallback(entry as CustomCallbackArgs, yieldEvery)];
    }
  }
  throw invalid('list', `[${index}]`, 'a callback or an object with hooks such as onEpochEnd', entry);
}
