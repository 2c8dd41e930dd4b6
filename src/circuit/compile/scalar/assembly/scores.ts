import {COUNTER_BITS, COUNTERS, header, OUTPUT, SCORES, SUM_TABLE, TEMPERATURE} from '../../assembly/program';
import {addUp} from '../../assembly/sums';

/** Writes the scores of `samples` samples: counts divided by the temperature. */
export function writeScores(samples: i32): void {
  const scores = <usize>header(SCORES);
  const counters = <usize>header(COUNTERS);
  const bits = <usize>header(COUNTER_BITS);
  const temperature = load<f32>(TEMPERATURE << 2);
  let table = <usize>header(SUM_TABLE);
  for (let score: usize = 0; score < scores; score++) {
    table = addUp<u64>(table);
    let to = <usize>header(OUTPUT) + (score << 2);
    for (let sample: usize = 0; sample < <usize>samples; sample++, to += scores << 2) {
      const word = counters + ((sample >> 6) << 3);
      let count: u64 = 0;
      for (let bit: usize = 0; bit < bits; bit++) {
        count += ((load<u64>(word + (bit << 6)) >> <u64>(sample & 63)) & 1) << (<u64>bit);
      }
      store<f32>(to, <f32>count / temperature);
    }
  }
}
