/**
 * From trained gates to a circuit: read it out of a model, simplify it, run it, save it.
 *
 * @module
 */

export type {CircuitNames} from './build/CircuitBuilder.js';
export type {FromModelArgs} from './build/fromModel.js';
export {
  type ImportArgs,
  importDifflogic,
  importTorchlogix,
  type NetworkJson,
  type NetworkSource,
} from './build/importNetwork.js';
export {Circuit, type CircuitParts, type FeatureType, type Score} from './Circuit.js';
export {CircuitWorkers, type WorkersArgs} from './compile/CircuitWorkers.js';
export {CompiledCircuit} from './compile/CompiledCircuit.js';
export type {CompileArgs} from './compile/compileCircuit.js';
export {LOADER} from './compile/loader.js';
export type {Explanation} from './evaluate/explain.js';
export type {Samples} from './evaluate/readSamples.js';
export type {ToCArgs} from './export/toC.js';
export type {ToVerilogArgs} from './export/toVerilog.js';
export {LIMITS} from './limits.js';
export {checkEquivalence, type Equivalence, type EquivalenceArgs} from './simplify/checkEquivalence.js';
export type {SimplifyReport} from './simplify/simplifyParts.js';
export type {CircuitStatistics} from './statistics.js';
