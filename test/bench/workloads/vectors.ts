/** Environment variable that tells a workload the width of vectors to use. */
export const VECTORS = 'BENCH_VECTORS';
