/** Products of matrices alone, for threads that work on a memory of their own. */
export {gemm, widenPanels} from '../../../wasm/assembly/gemm';
// Exported for the compiler, as in `src/wasm/assembly/index.ts`.
export {tile5x8, tile5x16} from '../../../wasm/assembly/tiles';
