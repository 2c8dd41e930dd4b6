import {describe, expect, it} from 'vitest';
import {adamTraffic, denseTraffic, gateLayerTraffic, gateNetworkTraffic} from './traffic.js';

describe('traffic', () => {
  it('counts five activations and the tables of a gate layer', () => {
    const sizes = {inputs: 10, units: 20, batch: 100};
    expect(gateLayerTraffic(sizes).bytes).toBe(4 * (3 * 1000 + 2 * 2000 + 48 * 20 + 4 * 20));
    expect(gateLayerTraffic(sizes, false).bytes).toBe(gateLayerTraffic(sizes).bytes - 4 * 1000);
  });

  it('adds a network up from its layers, the first without an input gradient', () => {
    const sizes = {inputs: 10, units: 20, batch: 100};
    const inner = gateLayerTraffic({...sizes, inputs: 20});
    const {bytes} = gateNetworkTraffic({...sizes, layers: 3});
    expect(bytes).toBe(gateLayerTraffic(sizes, false).bytes + 2 * inner.bytes + 3 * adamTraffic(320).bytes);
  });

  it('counts three products a dense layer, two for the first', () => {
    const {operations} = denseTraffic([784, 200, 10], 128);
    const products = 2 * 128 * (2 * 784 * 200 + 3 * 200 * 10);
    expect(operations).toBe(products + adamTraffic(784 * 200 + 200 + 200 * 10 + 10).operations);
  });
});
