/**
 * Makes a factory that is itself passed as a callback, as in `callbacks: callbacks.monitors`, throw when training
 * begins. TensorFlow.js would take the function for an object without hooks and ignore it.
 */
export function mustBeCalled<Factory extends (...args: never[]) => unknown>(
  name: string,
  factory: Factory,
): Factory {
  const fail = () => {
    throw new Error(
      `callbacks.${name}: a callback must be an instance, got the function itself; write callbacks.${name}().`,
    );
  };
  // The hook of a plain object, and what TensorFlow.js calls first on an instance.
  return Object.assign(factory, {onTrainBegin: fail, setParams: fail});
}
