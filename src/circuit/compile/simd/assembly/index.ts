import {evaluateGates} from '../../assembly/gates';
import {BYTES_PER_FEATURE, COUNTERS, header} from '../../assembly/program';
import {packBytes, packFloats} from './pack';
import {writeScores} from './scores';

/**
 * Turns the features of `samples` samples, at most 512, into scores.
 *
 * @returns 0, or 1 where one of the features that the circuit reads is NaN: there are no scores then.
 */
export function run(samples: i32): i32 {
  const words = <usize>(samples + 127) >> 7;
  const scratch = <usize>header(COUNTERS); // not in use yet
  if (header(BYTES_PER_FEATURE) === 1) packBytes(words, scratch);
  else if (packFloats(words, scratch)) return 1;
  evaluateGates<v128>();
  writeScores();
  return 0;
}
