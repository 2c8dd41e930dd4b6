import {evaluateGates} from '../../assembly/gates';
import {pack} from './pack';
import {writeScores} from './scores';

/** What the module with vectors does, on words of 64 bits. @see ../../simd/assembly/index.ts */
export function run(samples: i32): i32 {
  if (pack(samples)) return 1;
  evaluateGates<u64>();
  writeScores(samples);
  return 0;
}
