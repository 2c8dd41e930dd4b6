import {GATE_TABLE, header, LOG_BYTES, NUMBER_BYTES, RUN_TABLE, RUNS, VALUES} from './program';

/** The kinds of gates, as `GATE_KINDS` numbers them; what else there is differs from these by the order of the inputs. */
const AND: i32 = 0;
const AND_NOT: i32 = 1;
const OR: i32 = 2;
const OR_NOT: i32 = 3;
const XOR: i32 = 4;
const XNOR: i32 = 5;
const NAND: i32 = 6;
// 7: NOR

class And {
  apply<T>(a: T, b: T): T {
    if (isVector<T>()) return v128.and(a, b) as T;
    return (a & b) as T;
  }
}

class AndNot {
  apply<T>(a: T, b: T): T {
    if (isVector<T>()) return v128.andnot(a, b) as T;
    return (a & ~b) as T;
  }
}

class Or {
  apply<T>(a: T, b: T): T {
    if (isVector<T>()) return v128.or(a, b) as T;
    return (a | b) as T;
  }
}

class OrNot {
  apply<T>(a: T, b: T): T {
    if (isVector<T>()) return v128.not(v128.andnot(b, a)) as T;
    return (a | ~b) as T;
  }
}

class Xor {
  apply<T>(a: T, b: T): T {
    if (isVector<T>()) return v128.xor(a, b) as T;
    return (a ^ b) as T;
  }
}

class Xnor {
  apply<T>(a: T, b: T): T {
    if (isVector<T>()) return v128.not(v128.xor(a, b)) as T;
    return ~(a ^ b) as T;
  }
}

class Nand {
  apply<T>(a: T, b: T): T {
    if (isVector<T>()) return v128.not(v128.and(a, b)) as T;
    return ~(a & b) as T;
  }
}

class Nor {
  apply<T>(a: T, b: T): T {
    if (isVector<T>()) return v128.not(v128.or(a, b)) as T;
    return ~(a | b) as T;
  }
}

function gate<K, T>(a: usize, b: usize, out: usize): void {
  const size = sizeof<T>();
  if (isVector<T>()) {
    const w0 = changetype<K>(0).apply<T>(load<T>(a), load<T>(b));
    const w1 = changetype<K>(0).apply<T>(load<T>(a, 16), load<T>(b, 16));
    const w2 = changetype<K>(0).apply<T>(load<T>(a, 32), load<T>(b, 32));
    const w3 = changetype<K>(0).apply<T>(load<T>(a, 48), load<T>(b, 48));
    store<T>(out, w0);
    store<T>(out, w1, 16);
    store<T>(out, w2, 32);
    store<T>(out, w3, 48);
  } else {
    for (let at: usize = 0; at < 64; at += size) {
      store<T>(out + at, changetype<K>(0).apply<T>(load<T>(a + at), load<T>(b + at)));
    }
  }
}

/** `count` gates of one kind, whose table holds the numbers of a, b and the output. */
function run<K, T, N>(values: usize, from: usize, count: usize): usize {
  const size: usize = sizeof<N>();
  const end = from + count * 3 * size;
  for (; from < end; from += 3 * size) {
    const a = values + ((<usize>load<N>(from)) << LOG_BYTES);
    const b = values + ((<usize>load<N>(from + size)) << LOG_BYTES);
    const out = values + ((<usize>load<N>(from + 2 * size)) << LOG_BYTES);
    gate<K, T>(a, b, out);
  }
  return end;
}

function evaluate<T, N>(): void {
  const values = <usize>header(VALUES);
  let table = <usize>header(RUN_TABLE);
  let from = <usize>header(GATE_TABLE);
  for (const end = table + ((<usize>header(RUNS)) << 3); table < end; table += 8) {
    const count = <usize>load<i32>(table, 4);
    switch (load<i32>(table)) {
      case AND:
        from = run<And, T, N>(values, from, count);
        break;
      case AND_NOT:
        from = run<AndNot, T, N>(values, from, count);
        break;
      case OR:
        from = run<Or, T, N>(values, from, count);
        break;
      case OR_NOT:
        from = run<OrNot, T, N>(values, from, count);
        break;
      case XOR:
        from = run<Xor, T, N>(values, from, count);
        break;
      case XNOR:
        from = run<Xnor, T, N>(values, from, count);
        break;
      case NAND:
        from = run<Nand, T, N>(values, from, count);
        break;
      default:
        from = run<Nor, T, N>(values, from, count);
    }
  }
}

/** Evaluates all gates for 512 samples. */
export function evaluateGates<T>(): void {
  if (header(NUMBER_BYTES) === 2) evaluate<T, u16>();
  else evaluate<T, u32>();
}
