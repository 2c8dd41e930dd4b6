import type {Circuit} from '../../../src/circuit/index.js';

/** By gate id, in difflogic's order. */
const EXPRESSIONS: readonly ((a: string, b: string) => string)[] = [
  () => '0',
  (a, b) => `${a} & ${b}`,
  (a, b) => `${a} & ~${b}`,
  (a) => a,
  (a, b) => `${b} & ~${a}`,
  (_, b) => b,
  (a, b) => `${a} ^ ${b}`,
  (a, b) => `${a} | ${b}`,
  (a, b) => `~(${a} | ${b})`,
  (a, b) => `~(${a} ^ ${b})`,
  (_, b) => `~${b}`,
  (a, b) => `${a} | ~${b}`,
  (a) => `~${a}`,
  (a, b) => `${b} | ~${a}`,
  (a, b) => `~(${a} & ${b})`,
  () => '~(uint64_t)0',
];

/**
 * A network of gates as difflogic compiles it: one straight function over words of 64 samples, a constant per gate; before
 * it a loop that packs bytes (here compared with a threshold), after it a ripple-carry counter per class.
 *
 * The program answers requests as the other peers do.
 *
 * @see Petersen et al., arXiv:2210.08277, and difflogic's CompiledLogicNet, whose method this follows in code of its own.
 */
export function difflogicC({bits, gates, scores, features}: Circuit, samples: number): string {
  const inputs = bits.feature.length;
  const count = gates.id.length;
  const width = scores[0]!.signals.length;
  const first = scores[0]!.signals[0]!;
  const depth = Math.ceil(Math.log2(width + 1));
  const signal = (index: number) => (index < inputs ? `in[${index}]` : `v${index}`);
  const lines = Array.from({length: count}, (_, i) => {
    const expression = EXPRESSIONS[gates.id[i]!]!(signal(gates.a[i]!), signal(gates.b[i]!));
    const index = inputs + i;
    return index >= first
      ? `  out[${index - first}] = ${expression};`
      : `  const uint64_t v${index} = ${expression};`;
  });
  return `#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const uint32_t feature[${inputs}] = {${bits.feature}};
static const uint8_t threshold[${inputs}] = {${bits.threshold}};

static void net(const uint64_t *in, uint64_t *out) {
${lines.join('\n')}
}

void apply(const uint8_t *x, int32_t *scores, size_t blocks) {
  uint64_t *in = malloc(${inputs} * sizeof *in);
  uint64_t *out = malloc(${count + inputs - first} * sizeof *out);
  for (size_t block = 0; block < blocks; block++) {
    for (size_t bit = 0; bit < ${inputs}; bit++) {
      uint64_t word = 0;
      for (size_t i = 0; i < 64; i++) {
        word <<= 1;
        word += x[(block * 64 + 63 - i) * ${features} + feature[bit]] > threshold[bit];
      }
      in[bit] = word;
    }
    net(in, out);
    for (size_t c = 0; c < ${scores.length}; c++) {
      uint64_t sum[${depth}] = {0};
      for (size_t a = 0; a < ${width}; a++) {
        uint64_t carry = out[c * ${width} + a];
        for (int d = ${depth - 1}; d >= 0; d--) {
          const uint64_t old = sum[d];
          sum[d] = carry ^ old;
          carry = carry & old;
        }
      }
      for (size_t i = 0; i < 64; i++) {
        int32_t total = 0;
        for (size_t d = 0; d < ${depth}; d++) total = 2 * total + (int32_t)((sum[d] >> i) & 1);
        scores[(block * 64 + i) * ${scores.length} + c] = total;
      }
    }
  }
  free(in);
  free(out);
}

static double milliseconds(clockid_t clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  return 1e3 * (double)time.tv_sec + 1e-6 * (double)time.tv_nsec;
}

int main(void) {
  uint8_t *x = malloc(${samples * features});
  int32_t *y = malloc(${samples * scores.length} * sizeof *y);
  const uint32_t range = ${bits.feature.length === features ? 2 : 256};
  for (size_t i = 0; i < ${samples * features}; i++) x[i] = (uint8_t)((((uint32_t)i * 2654435761u) >> 8) % range);
  char line[4096];
  printf("{\\"ready\\": true}\\n");
  fflush(stdout);
  while (fgets(line, sizeof line, stdin) != NULL) {
    const char *number = strstr(line, "\\"steps\\":");
    const long steps = number == NULL ? 1 : strtol(number + 8, NULL, 10);
    const double wall = milliseconds(CLOCK_MONOTONIC), cpu = milliseconds(CLOCK_PROCESS_CPUTIME_ID);
    for (long step = 0; step < steps; step++) apply(x, y, ${samples / 64});
    printf("{\\"steps\\": %ld, \\"wall\\": %f, \\"cpu\\": %f, \\"sum\\": %d}\\n", steps,
           milliseconds(CLOCK_MONOTONIC) - wall, milliseconds(CLOCK_PROCESS_CPUTIME_ID) - cpu, y[7]);
    fflush(stdout);
  }
  return 0;
}
`;
}
