import type {Callback} from '@tensorflow/tfjs-layers';

/**
 * Notices that TensorFlow.js took a callback's hooks for those of a plain object, which it does where a plain object
 * comes first in the array of callbacks; the hooks then run on another object.
 *
 * @param self What a hook runs on.
 * @throws If `self` is not an instance of `callbackClass`.
 */
export function mustBeInstance(
  self: Callback,
  callbackClass: abstract new (...args: never[]) => Callback,
): void {
  if (self instanceof callbackClass) return;
  throw new Error(
    `${callbackClass.name}: a callback instance cannot stand beside a plain object in one \`callbacks\` array; ` +
      'pass `callbacks: callbacks.list([...])` instead.',
  );
}
