/**
 * From trained gates to a circuit: read it out of a model, simplify it, run it, save it.
 *
 * @module
 */
export {Circuit, type CircuitParts, type FeatureType, type Score} from './Circuit.js';
export type {CircuitNames} from './CircuitBuilder.js';
export {CircuitWorkers, type WorkersArgs} from './CircuitWorkers.js';
export {CompiledCircuit} from './CompiledCircuit.js';
export type {CompileArgs} from './compileCircuit.js';
export {checkEquivalence, type Equivalence, type EquivalenceArgs} from './equivalence.js';
export type {Explanation} from './explain.js';
export type {FromModelArgs} from './fromModel.js';
export {
  type ImportArgs,
  importDifflogic,
  importTorchlogix,
  type NetworkJson,
  type NetworkSource,
} from './importNetwork.js';
export {LIMITS} from './limits.js';
export {LOADER} from './loader.js';
export type {Samples} from './readSamples.js';
export type {SimplifyReport} from './simplifyParts.js';
export type {CircuitStatistics} from './statistics.js';
export type {ToCArgs} from './toC.js';
export type {ToVerilogArgs} from './toVerilog.js';
