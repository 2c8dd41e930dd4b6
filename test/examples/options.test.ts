import {afterEach, describe, expect, it, vi} from 'vitest';
import {readOptions} from '../../examples/mnist/options.js';

afterEach(() => {
  vi.restoreAllMocks();
});

/** What the program prints, and its exit code, when it rejects to start. */
function rejection(line: string): {code: unknown; printed: string} {
  let printed = '';
  let code: unknown;
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    printed += text;
    return true;
  });
  vi.spyOn(process, 'exit').mockImplementation((exitCode) => {
    code = exitCode;
    throw new Error('exit');
  });
  expect(() => readOptions(line.split(' '))).toThrow('exit');
  return {code, printed};
}

describe('readOptions', () => {
  it('uses the defaults of the task', () => {
    expect(readOptions([])).toEqual({
      task: 'sbn',
      dataset: 'mnist',
      discrete: {estimator: 'decoupled', seed: 1, forwardTemperature: 0.1, backwardTemperature: 0.7},
      epochs: 5,
      batchSize: 128,
      learningRate: 1e-3,
      seed: 1,
      backend: 'auto',
      resume: false,
      output: 'runs/sbn',
      limit: undefined,
    });
    expect(readOptions(['--task', 'catae'])).toMatchObject({
      output: 'runs/catae',
      batchSize: 200,
      discrete: {forwardTemperature: 2, backwardTemperature: 0.5},
    });
  });

  it('lets one temperature be given and keeps the other default', () => {
    expect(readOptions(['--backward-temperature', '2']).discrete).toMatchObject({
      forwardTemperature: 0.1,
      backwardTemperature: 2,
    });
  });

  it('sets both temperatures with one option', () => {
    expect(readOptions(['--temperature', '0.3']).discrete).toMatchObject({
      forwardTemperature: 0.3,
      backwardTemperature: 0.3,
    });
  });

  it('gives an estimator no more temperatures than it has', () => {
    expect(readOptions(['--estimator', 'softmax']).discrete).toMatchObject({
      forwardTemperature: 1,
      backwardTemperature: 1,
    });
    expect(readOptions(['--estimator', 'identity']).discrete).toEqual({estimator: 'identity', seed: 1});
  });

  it.each([
    ['--task poker', "'--task <name>' argument 'poker' is invalid"],
    ['--dataset /nowhere', "'--dataset <name|directory>' argument '/nowhere' is invalid"],
    ['--epochs 0', "'--epochs <n>' argument '0' is invalid. It must be a whole number >= 1."],
    ['--batch-size 1.5', "'--batch-size <n>' argument '1.5' is invalid"],
    ['--learning-rate -1', "'--learning-rate <r>' argument '-1' is invalid. It must be a finite number > 0."],
    ['--learning-rate Infinity', "'--learning-rate <r>' argument 'Infinity' is invalid"],
    ['--backward-temperature 0', "'--backward-temperature <t>' argument '0' is invalid"],
    ['--forward-temperature warm', "'--forward-temperature <t>' argument 'warm' is invalid"],
    ['--seed=', "'--seed <n>' argument '' is invalid"],
    ['--backend abacus', "'--backend <name>' argument 'abacus' is invalid"],
    ['--output package.json', "'--output <folder>' argument 'package.json' is invalid"],
    ['--limit NaN', "'--limit <n>' argument 'NaN' is invalid"],
    ['--estimator guess', "'--estimator <id>' argument 'guess' is invalid"],
    ['--estimator soft', "'--estimator soft' does not serve the binary units of '--task sbn'"],
    ['--estimator identity --temperature 1', "'--temperature 1' has no meaning"],
    ['--estimator reinMax --temperature 0.5', "'--temperature 0.5' must be >= 1 for estimator 'reinMax'"],
    ['--estimator softmax --forward-temperature 0', "'--forward-temperature 0' must be > 0"],
    [
      '--estimator softmax --forward-temperature 1 --backward-temperature 2',
      "'--backward-temperature 2' contradicts '--forward-temperature 1'",
    ],
    ['--temperature 1 --forward-temperature 2', "'--forward-temperature 2' contradicts '--temperature 1'"],
  ])('rejects %s in one line', (line, message) => {
    const {code, printed} = rejection(line);
    expect(printed).toMatch(/^error: [^\n]+\n$/);
    expect(printed).toContain(message);
    expect(code).toBe(1);
  });
});
