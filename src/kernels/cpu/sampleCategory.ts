import {sampleCategories} from '../loops/sampleCategories.js';
import {sampleCategory, uniformsPerRow} from '../ops/sampleCategory.js';
import {fillUniform} from '../pcg4d.js';
import {type CpuBackend, floatsOf, makeOutput} from './CpuBackend.js';

export const sampleCategoryOnCpu = sampleCategory.kernelOn<CpuBackend>(
  'cpu',
  ({logits}, {temperature, ...key}, backend) => {
    const [output, out] = makeOutput(backend, sampleCategory.shape({logits}, {temperature, ...key}));
    const categories = logits.shape.at(-1) ?? 1;
    const rows = out.length / Math.max(categories, 1);
    const uniforms = fillUniform(new Float32Array(rows * uniformsPerRow(categories)), key);
    sampleCategories(floatsOf(backend, logits), uniforms, out, categories, temperature);
    return output;
  },
);
