import {
  engine,
  grad,
  grads,
  memory,
  mul,
  scalar,
  sum,
  type Tensor,
  tensor,
  tidy,
  valueAndGrads,
} from '@tensorflow/tfjs-core';
import {afterEach, describe, expect, it, vi} from 'vitest';
import {customGradients} from '../../src/functional/customGradients.js';
import {valuesOf} from '../support/expectations.js';

afterEach(() => vi.restoreAllMocks());

/** x y, with gradients 10 dy y and 100 dy x, so that they cannot be mistaken for TensorFlow.js's own. */
function product(x: Tensor, y: Tensor, told: boolean[][] = []): Tensor {
  return customGradients([x, y], ([x, y], save) => {
    save([x!, y!]);
    return {
      value: mul(x!, y!),
      gradients: (dy, [x, y], isRead) => {
        told.push([isRead(0), isRead(1)]);
        return [mul(mul(dy, y!), 10), mul(mul(dy, x!), 100)];
      },
    };
  });
}

describe('customGradients', () => {
  const [x, y] = [tensor([2, 3]), tensor([5, 7])];

  it('gives the value, and the gradients with respect to every input', () => {
    const {value, grads: found} = valueAndGrads((x: Tensor, y: Tensor) => product(x, y))([x, y]);
    expect([...valuesOf(value)]).toEqual([10, 21]);
    expect(found.map((each) => [...valuesOf(each)])).toEqual([
      [50, 70],
      [200, 300],
    ]);
  });

  it('says which gradients are read', () => {
    const told: boolean[][] = [];
    tidy(() => grads((x, y) => product(x!, y!, told))([x, y]));
    tidy(() => grad((x) => product(x, y, told))(x));
    tidy(() => grad((y) => product(x, y, told))(y));
    expect(told).toEqual([
      [true, true],
      [true, false],
      [false, true],
    ]);
  });

  it('says so for each of two calls in one pass, in whichever order they come', () => {
    const told: boolean[][] = [];
    const dx = tidy(() => [...grad((x) => product(y, product(x, y, told), told))(x).dataSync()]);
    expect(told).toEqual([
      [false, true], // the outer one, whose second input depends on x
      [true, false],
    ]);
    expect(dx).toEqual([100 * 5 * 10 * 5, 100 * 7 * 10 * 7]);
  });

  it('counts all gradients as read where TensorFlow.js keeps its tape elsewhere', () => {
    const state = engine().state as object;
    vi.spyOn(engine(), 'state', 'get').mockReturnValue(
      new Proxy(state, {
        get: (target, key) => (key === 'activeTape' ? undefined : Reflect.get(target, key)),
      }) as never,
    );
    const told: boolean[][] = [];
    expect(typeof product(x, y, told).dataSync).toBe('function');
    expect(told).toEqual([]);
  });

  it('leaves nothing behind', () => {
    const before = memory().numTensors;
    grad((x) => sum(product(x, scalar(3))))(x).dispose();
    expect(memory().numTensors).toBe(before);
  });
});
