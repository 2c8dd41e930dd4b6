import {type Callback, CustomCallback} from '@tensorflow/tfjs-layers';
import type {BaseCallback, CustomCallbackArgs} from '@tensorflow/tfjs-layers/dist/base_callbacks.js';
import {invalid} from '../functional/validate.js';

/** What may stand in `callbacks.list`: instances, plain objects of hooks (as tfvis makes them), lists of both. */
export type ListedCallback = CallbackInstance | CustomCallbackArgs | readonly ListedCallback[];

/** What tells an instance from a plain object. Its hooks are left out, so that those of plain objects infer their types. */
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

/**
 * Lets callback instances and plain objects of hooks stand in one array, which `model.fit` by itself does not
 * take. Their order is kept.
 *
 * @param yieldEvery When plain objects with `onYield` give way to the page; as in `model.fit`.
 * @throws when `entries` is no array, or an entry is neither or has no hook.
 * @example
 * const report = {onEpochEnd: async (epoch: number) => console.log('epoch', epoch)};
 * await model.fit(x, y, {callbacks: callbacks.list([callbacks.monitors(), report])});
 */
export function list(
  entries: readonly ListedCallback[],
  yieldEvery: 'auto' | 'batch' | 'epoch' | 'never' | number = 'auto',
): Callback[] {
  if (!Array.isArray(entries)) throw invalid('list', 'entries', 'an array of callbacks', entries);
  return entries.flatMap((entry, i) => toInstances(entry, i, yieldEvery)) as Callback[];
}

function toInstances(
  entry: ListedCallback,
  index: number,
  yieldEvery: Parameters<typeof list>[1],
): BaseCallback[] {
  if (Array.isArray(entry)) return entry.flatMap((inner) => toInstances(inner, index, yieldEvery));
  if (typeof entry === 'object' && entry !== null) {
    if ('setParams' in entry && 'setModel' in entry) return [entry as BaseCallback];
    if (HOOKS.some((hook) => typeof (entry as CustomCallbackArgs)[hook] === 'function')) {
      return [new CustomCallback(entry as CustomCallbackArgs, yieldEvery)];
    }
  }
  throw invalid('list', `[${index}]`, 'a callback or an object with hooks such as onEpochEnd', entry);
}
