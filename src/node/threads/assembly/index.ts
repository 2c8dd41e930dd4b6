/** The routines that worker threads run, for memory of their own. */
export {gates, gatesBackward} from '../../../kernels/wasm/assembly/gates';
export {gemm, setPanelWidth} from '../../../wasm/assembly/gemm';
// Exported for the compiler, as in `src/wasm/assembly/index.ts`.
export {tile5x8, tile5x16} from '../../../wasm/assembly/tiles';
