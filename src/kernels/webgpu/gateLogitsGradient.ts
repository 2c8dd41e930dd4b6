import {gateLogitsGradient} from '../ops/gateLogitsGradient.js';
import {GATE_WEIGHTS} from './gateWeights.js';
import {f32, runProgram} from './runProgram.js';
import type {WebGpuBackend} from './WebGpuBackend.js';

/**
 * Writes a unit's dL/dlogits by the formula of `gateLogitsGradients` on cpu, and keeps the probabilities that the unit outputs
 * 1 and 0 in each row of its truth table.
 */
export const GATE_LOGITS_GRADIENT = `
  ${GATE_WEIGHTS}
  var<private> ones : vec4<f32>;
  var<private> zeros : vec4<f32>;

  fn rowsOf(plain : f32, withA : f32, withB : f32, both : f32) -> vec4<f32> {
    return vec4<f32>(plain - withA - (withB - both), withB - both, withA - both, both);
  }

  fn isOne(gate : i32) -> vec4<bool> {
    return ((vec4<i32>(gate) >> vec4<u32>(3u, 2u, 1u, 0u)) & vec4<i32>(1)) == vec4<i32>(1);
  }

  fn writeGradient(unit : i32) {
    let isUndefined = weigh(unit).isUndefined;
    var total = 0.0;
    ones = vec4<f32>(0.0);
    zeros = vec4<f32>(0.0);
    for (var gate = 0; gate < 16; gate++) {
      total += weights[gate];
      let share = vec4<f32>(weights[gate]);
      ones += select(vec4<f32>(0.0), share, isOne(gate));
      zeros += select(share, vec4<f32>(0.0), isOne(gate));
    }
    ones /= total;
    zeros /= total;
    let changes = rowsOf(sums[4 * unit], sums[4 * unit + 1], sums[4 * unit + 2], sums[4 * unit + 3]);
    for (var gate = 0; gate < 16; gate++) {
      let sum = dot(changes, select(-ones, zeros, isOne(gate)));
      let gradient = weights[gate] / total * sum / uniforms.temperature;
      result[16 * unit + gate] = select(gradient, uniforms.NAN, isUndefined);
    }
  }
`;

export const gateLogitsGradientOnWebGpu = gateLogitsGradient.kernelOn<WebGpuBackend>(
  'webgpu',
  ({sums, logits}, {temperature}, backend) => {
    const [output] = runProgram(backend, {
      name: 'GateLogitsGradient',
      inputs: {sums, logits},
      uniforms: {temperature: f32(temperature)},
      outputs: {result: logits.shape},
      invocations: logits.shape[0]!,
      declarations: GATE_LOGITS_GRADIENT,
      main: 'writeGradient(index);',
    });
    return output!;
  },
);
