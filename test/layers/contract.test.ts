import {expect, it} from 'vitest';
import {LAYER_CLASSES} from '../../src/layers/index.js';
import {layerContract} from '../support/layerContract.js';
import {SUBJECTS} from '../support/subjects.js';
import 'tfjs-discrete';

it('runs over every layer', () => {
  expect(new Set(SUBJECTS.map(({layerClass}) => layerClass))).toEqual(new Set(LAYER_CLASSES));
});

for (const subject of SUBJECTS) layerContract(subject);
