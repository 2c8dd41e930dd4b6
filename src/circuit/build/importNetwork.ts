import {checkOptions} from '../../functional/checkOptions.js';
import {invalid, positive, wholeNumber} from '../../functional/validate.js';
import {Circuit} from '../Circuit.js';
import {LIMITS} from '../limits.js';
import {CircuitBuilder, type CircuitNames} from './CircuitBuilder.js';
import type {NpyArray} from './readNpz.js';

/** A network of gates from elsewhere, as JSON. */
export interface NetworkJson {
  /** Number of inputs of the first layer. */
  readonly inputs: number;
  /** Groups of GroupSum. */
  readonly groups: number;
  /** What each group's sum is divided by. Default 1. */
  readonly tau?: number;
  /** From the inputs to GroupSum. */
  readonly layers: readonly {
    /** The two inputs of each gate. */
    readonly a: readonly number[];
    readonly b: readonly number[];
    /** Each gate's id; or in place of it its sixteen logits, `[units, 16]`, of which the largest counts. */
    readonly gates?: readonly number[];
    readonly weights?: readonly (readonly number[])[];
  }[];
}

/** Arguments of `importDifflogic` and `importTorchlogix`. */
export interface ImportArgs extends CircuitNames {
  /** An input counts as 1 where it is greater. Default 0.5, for inputs of 0 and 1. */
  readonly threshold?: number;
}

/** A `.npz` file's bytes, or the JSON format, as text or parsed. */
export type NetworkSource = ArrayBuffer | Uint8Array | string | NetworkJson;

interface Layer {
  readonly a: ArrayLike<number>;
  readonly b: ArrayLike<number>;
  readonly gates: ArrayLike<number>;
}

interface Network {
  readonly inputs: unknown;
  readonly groups: unknown;
  readonly tau: unknown;
  readonly layers: readonly Layer[];
}

/**
 * The circuit of a network that difflogic trained. Its gates have the same ids here.
 *
 * The file holds `inputs`, `groups` and `tau`, and for layer i `a<i>`, `b<i>` and `gates<i>` (or `weights<i>`). In Python:
 *
 * ```python
 * layers = [layer for layer in model if isinstance(layer, difflogic.LogicLayer)]
 * arrays = {}
 * for i, layer in enumerate(layers):
 *     arrays[f'a{i}'], arrays[f'b{i}'] = (index.cpu().numpy() for index in layer.indices)
 *     arrays[f'gates{i}'] = layer.weights.argmax(1).cpu().numpy()
 * np.savez_compressed('net.npz', inputs=layers[0].in_dim, groups=model[-1].k, tau=model[-1].tau, **arrays)
 * ```
 *
 * @param source The file's bytes, or the same as JSON: `{inputs, groups, tau, layers: [{a, b, gates}, ...]}`.
 * @throws when an array is missing, of another shape, or holds a number out of range, naming it.
 * @example
 * const circuit = await importDifflogic({inputs: 2, groups: 1, layers: [{a: [0], b: [1], gates: [6]}]});
 * circuit.evaluate([0, 1]); // XOR: 1
 */
export function importDifflogic(source: NetworkSource, args?: ImportArgs): Promise<Circuit> {
  return importNetwork('importDifflogic', source, args);
}

/**
 * The circuit of a network of LogicDense layers that torchlogix trained. Its gates have the same ids here.
 *
 * The file is as for `importDifflogic`. In Python, for fixed and for learned connections and any parametrization:
 *
 * ```python
 * layers = [layer for layer in model if isinstance(layer, torchlogix.layers.LogicDense)]
 * arrays = {}
 * for i, layer in enumerate(layers):
 *     indices = layer.connections.indices
 *     if indices.ndim == 3:  # learned: of each input's candidates the one with the largest weight
 *         indices = indices.gather(0, layer.connections.weights.argmax(0, keepdim=True))[0]
 *     arrays[f'a{i}'], arrays[f'b{i}'] = indices.cpu().numpy()
 *     arrays[f'gates{i}'] = layer.get_luts_and_ids()[1].cpu().numpy()
 * np.savez_compressed('net.npz', inputs=layers[0].in_dim, groups=model[-1].k, tau=model[-1].tau, **arrays)
 * ```
 *
 * @param source The file's bytes, or the same as JSON: `{inputs, groups, tau, layers: [{a, b, gates}, ...]}`.
 * @throws when an array is missing, of another shape, or holds a number out of range, naming it.
 * @example
 * const circuit = await importTorchlogix({inputs: 2, groups: 1, layers: [{a: [0], b: [1], gates: [7]}]});
 * circuit.evaluate([0, 1]); // OR: 1
 */
export function importTorchlogix(source: NetworkSource, args?: ImportArgs): Promise<Circuit> {
  return importNetwork('importTorchlogix', source, args);
}

async function importNetwork(owner: string, source: NetworkSource, args: ImportArgs = {}): Promise<Circuit> {
  checkOptions(owner, args, ['threshold', 'featureNames', 'scoreNames']);
  const {threshold = 0.5, ...names} = args;
  if (!Number.isFinite(Math.fround(threshold)))
    throw invalid(owner, 'threshold', 'a finite number', threshold);
  const {inputs, groups, tau, layers} =
    source instanceof ArrayBuffer || source instanceof Uint8Array
      ? await fromNpz(owner, new Uint8Array(source))
      : fromJson(owner, source);
  const features = wholeNumber(owner, 'inputs', inputs, 1);
  const parts = wholeNumber(owner, 'groups', groups, 1);
  const temperature = positive(owner, 'tau', tau ?? 1);
  if (layers.length === 0) throw invalid(owner, 'layers', 'at least one', 0);
  const builder = new CircuitBuilder(owner, [features]);
  builder.binarize([threshold], 1);
  let width = features;
  layers.forEach(({a, b, gates}, i) => {
    const units = gates.length;
    if (units === 0 || units > LIMITS.gates) {
      throw invalid(owner, `gates${i}`, `of 1 to ${LIMITS.gates} gates`, units);
    }
    checkNumbers(owner, `gates${i}`, gates, units, 16);
    checkNumbers(owner, `a${i}`, a, units, width);
    checkNumbers(owner, `b${i}`, b, units, width);
    const connections = new Int32Array(2 * units);
    for (let unit = 0; unit < units; unit++) connections.set([a[unit]!, b[unit]!], 2 * unit);
    builder.addGates(gates, connections);
    width = units;
  });
  if (width % parts !== 0) throw invalid(owner, 'groups', `a divisor of the last layer (${width})`, parts);
  builder.groupSum(parts, temperature);
  return new Circuit(builder.finish(names));
}

function checkNumbers(
  owner: string,
  field: string,
  values: ArrayLike<number>,
  length: number,
  end: number,
): void {
  if (values.length !== length) throw invalid(owner, field, `of length ${length}`, values.length);
  for (let i = 0; i < length; i++) {
    const value = values[i]!;
    if (Number.isInteger(value) && value >= 0 && value < end) continue;
    throw invalid(owner, `${field}[${i}]`, `a whole number from 0 to ${end - 1}`, value);
  }
}

/** Each row's largest logit, the first of equal ones. */
function largest(owner: string, field: string, rows: readonly ArrayLike<number>[]): number[] {
  return rows.map((row, i) => {
    if (row.length !== 16) throw invalid(owner, `${field}[${i}]`, 'sixteen logits', row.length);
    let best = 0;
    for (let gate = 0; gate < 16; gate++) {
      if (typeof row[gate] !== 'number' || Number.isNaN(row[gate])) {
        throw invalid(owner, `${field}[${i}][${gate}]`, 'a number', row[gate]);
      }
      if (row[gate]! > row[best]!) best = gate;
    }
    return best;
  });
}

function fromJson(owner: string, source: string | NetworkJson): Network {
  const root = typeof source === 'string' ? parse(owner, source) : source;
  checkOptions(owner, root, ['inputs', 'groups', 'tau', 'layers']);
  const {inputs, groups, tau, layers} = (root ?? {}) as NetworkJson;
  if (!Array.isArray(layers)) throw invalid(owner, 'layers', 'a list of layers', layers);
  return {
    inputs,
    groups,
    tau,
    layers: (layers as NetworkJson['layers']).map((layer, i) => {
      checkOptions(`${owner}: \`layers[${i}]\``, layer ?? null, ['a', 'b', 'gates', 'weights']);
      const {a, b, gates, weights} = layer;
      for (const [field, list] of Object.entries({a, b, ...(gates === undefined ? {weights} : {gates})})) {
        if (!Array.isArray(list)) throw invalid(owner, `layers[${i}].${field}`, 'a list', list);
      }
      return {a, b, gates: gates ?? largest(owner, `weights${i}`, weights!)};
    }),
  };
}

function parse(owner: string, text: string): unknown {
  if (text.length > LIMITS.text) {
    throw invalid(owner, 'source', `at most ${LIMITS.text} characters long`, text.length);
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`${owner}: \`source\` must be valid JSON (${(error as Error).message}).`);
  }
}

async function fromNpz(owner: string, bytes: Uint8Array): Promise<Network> {
  const {readNpz} = await import('./readNpz.js');
  const arrays = readNpz(owner, bytes);
  const scalar = (name: string) => arrays.get(name)?.values[0];
  const layers: Layer[] = [];
  for (let i = 0; arrays.has(`gates${i}`) || arrays.has(`weights${i}`); i++) {
    layers.push({
      a: wanted(owner, arrays, `a${i}`).values,
      b: wanted(owner, arrays, `b${i}`).values,
      gates: arrays.get(`gates${i}`)?.values ?? largest(owner, `weights${i}`, rowsOf(owner, arrays, i)),
    });
  }
  const known = new Set(['inputs', 'groups', 'tau']);
  layers.forEach((_, i) => {
    for (const name of ['a', 'b', 'gates', 'weights']) known.add(`${name}${i}`);
  });
  const unknown = [...arrays.keys()].find((name) => !known.has(name));
  if (unknown !== undefined) {
    throw invalid(owner, 'source', 'a file of inputs, groups, tau, a0, b0, gates0, a1, ...', unknown);
  }
  return {inputs: scalar('inputs'), groups: scalar('groups'), tau: scalar('tau'), layers};
}

function wanted(owner: string, arrays: Map<string, NpyArray>, name: string): NpyArray {
  const array = arrays.get(name);
  if (array === undefined)
    throw invalid(owner, 'source', `a file with an array \`${name}\``, [...arrays.keys()]);
  return array;
}

function rowsOf(owner: string, arrays: Map<string, NpyArray>, layer: number): ArrayLike<number>[] {
  const {shape, values} = wanted(owner, arrays, `weights${layer}`);
  if (shape.length !== 2 || shape[1] !== 16)
    throw invalid(owner, `weights${layer}`, 'of shape [units, 16]', shape);
  const all = Float64Array.from(values);
  return Array.from({length: shape[0]!}, (_, i) => all.subarray(16 * i, 16 * (i + 1)));
}
