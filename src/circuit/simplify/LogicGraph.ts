import type {CircuitParts, Score} from '../Circuit.js';

/**
 * A signal or its inverse: twice a node's number, plus 1 for the inverse. Node 0 is the constant 0.
 */
export type Literal = number;
export const ZERO: Literal = 0;
export const ONE: Literal = 1;
export const not = (literal: Literal): Literal => literal ^ 1;

const [CONSTANT, BIT, AND, XOR] = [0, 1, 2, 3];

/** How deep the rules about a gate and the gates it reads may recurse; beyond this depth only some sharing is lost. */
const DEEPEST = 16;

/**
 * A network of AND and XOR over literals, which reuses an existing node where one computes the same function.
 */
export class LogicGraph {
  private readonly kind: number[] = [CONSTANT];
  /** The literals that a node reads; of a bit, its feature and threshold. */
  private readonly left: number[] = [0];
  private readonly right: number[] = [0];
  private readonly bits = new Map<number, Map<number, Literal>>();
  private readonly known = new Map<number, Literal>();

  /** The input bit `feature > threshold`. */
  bit(feature: number, threshold: number): Literal {
    const ofFeature = this.bits.get(feature) ?? new Map<number, Literal>();
    this.bits.set(feature, ofFeature);
    const key = threshold + 0; // -0 is 0
    let literal = ofFeature.get(key);
    if (literal === undefined) {
      literal = this.add(BIT, feature, key);
      ofFeature.set(key, literal);
    }
    return literal;
  }

  /** Gate `id`, in difflogic's order. */
  gate(id: number, a: Literal, b: Literal): Literal {
    switch (id) {
      case 0:
        return ZERO;
      case 1:
        return this.and(a, b);
      case 2:
        return this.and(a, not(b));
      case 3:
        return a;
      case 4:
        return this.and(not(a), b);
      case 5:
        return b;
      case 6:
        return this.xor(a, b);
      case 7:
        return not(this.and(not(a), not(b)));
      default:
        return not(this.gate(15 - id, a, b));
    }
  }

  private add(kind: number, left: number, right: number): Literal {
    this.left.push(left);
    this.right.push(right);
    return 2 * (this.kind.push(kind) - 1);
  }

  private node(kind: number, a: Literal, b: Literal): Literal {
    const [low, high] = a < b ? [a, b] : [b, a];
    const key = (low * 2 ** 25 + high) * 2 + (kind - AND); // at most 2^23 + 1 nodes, so that this is exact
    let literal = this.known.get(key);
    if (literal === undefined) {
      literal = this.add(kind, low, high);
      this.known.set(key, literal);
    }
    return literal;
  }

  private and(a: Literal, b: Literal, depth = 0): Literal {
    if (a === ZERO || b === ZERO || a === not(b)) return ZERO;
    if (a === ONE || a === b) return b;
    if (b === ONE) return a;
    if (depth < DEEPEST) {
      const simpler = this.andWith(a, b, depth) ?? this.andWith(b, a, depth) ?? this.andOfBits(a, b);
      if (simpler !== undefined) return simpler;
    }
    return this.node(AND, a, b);
  }

  /** a AND b, by what b is made of; undefined where that does not help. */
  private andWith(a: Literal, b: Literal, depth: number): Literal | undefined {
    const node = b >> 1;
    const [p, q] = [this.left[node]!, this.right[node]!];
    if (this.kind[node] === XOR) {
      const inverted = b & 1;
      for (const [mine, other] of [
        [p, q],
        [q, p],
      ] as const) {
        // Where a is 1, so is mine (or not), and the XOR is the other's inverse (or the other).
        if (a >> 1 === mine >> 1) return this.and(a, other ^ inverted ^ 1 ^ (a ^ mine), depth + 1);
      }
      return undefined;
    }
    if (this.kind[node] !== AND) return undefined;
    const contained = this.conjuncts(a);
    if ((b & 1) === 0) {
      if (contained.includes(not(p)) || contained.includes(not(q))) return ZERO;
      if (a === p || a === q) return b;
      return undefined;
    }
    if (contained.includes(not(p)) || contained.includes(not(q))) return a;
    if (contained.includes(p)) return this.and(a, not(q), depth + 1);
    if (contained.includes(q)) return this.and(a, not(p), depth + 1);
    return this.resolve(a, p, q);
  }

  /** NAND(p, q) AND NAND(p, not q) is not p. */
  private resolve(a: Literal, p: Literal, q: Literal): Literal | undefined {
    if ((a & 1) === 0 || this.kind[a >> 1] !== AND) return undefined;
    const [r, s] = [this.left[a >> 1]!, this.right[a >> 1]!];
    for (const [x, y] of [
      [r, s],
      [s, r],
    ] as const) {
      if (x === p && y === not(q)) return not(p);
      if (x === q && y === not(p)) return not(q);
    }
    return undefined;
  }

  /** What must be 1 for `literal` to be 1: itself, and the inputs of an AND. */
  private conjuncts(literal: Literal): Literal[] {
    const node = literal >> 1;
    const isAnd = this.kind[node] === AND && (literal & 1) === 0;
    return isAnd ? [literal, this.left[node]!, this.right[node]!] : [literal];
  }

  /** Of two bits of one feature, the one with the higher threshold implies the other. */
  private andOfBits(a: Literal, b: Literal): Literal | undefined {
    const [m, n] = [a >> 1, b >> 1];
    if (this.kind[m] !== BIT || this.kind[n] !== BIT || this.left[m] !== this.left[n]) return undefined;
    const [high, low] = this.right[m]! > this.right[n]! ? [a, b] : [b, a];
    if ((high & 1) === 0) return (low & 1) === 0 ? high : ZERO;
    return (low & 1) === 0 ? undefined : low;
  }

  private xor(a: Literal, b: Literal, depth = 0): Literal {
    const inverted = (a ^ b) & 1;
    const [x, y] = [a & ~1, b & ~1];
    if (x === y) return inverted;
    if (x === ZERO) return y ^ inverted;
    if (y === ZERO) return x ^ inverted;
    const simpler = depth < DEEPEST ? (this.xorWith(x, y, depth) ?? this.xorWith(y, x, depth)) : undefined;
    return (simpler ?? this.node(XOR, x, y)) ^ inverted;
  }

  /** x XOR y, neither inverted, by what y is made of. */
  private xorWith(x: Literal, y: Literal, depth: number): Literal | undefined {
    const node = y >> 1;
    const [p, q] = [this.left[node]!, this.right[node]!];
    if (this.kind[node] === XOR) return x === p ? q : x === q ? p : undefined;
    if (this.kind[node] !== AND) return undefined;
    for (const [mine, other] of [
      [p, q],
      [q, p],
    ] as const) {
      if (x === mine) return this.and(x, not(other), depth + 1);
      if (x === not(mine)) return not(this.and(not(x), not(other), depth + 1));
    }
    return undefined;
  }

  /**
   * The circuit of the nodes that scores read. An inverted literal costs no gate, since each gate takes its inputs as
   * they come, but where scores count both a node and its inverse, or the inverse of an input bit.
   *
   * @param scores With literals in place of signals.
   */
  emit(scores: readonly Score[]): Pick<CircuitParts, 'bits' | 'gates' | 'scores'> {
    const needed = this.reachable(scores);
    const counted = new Uint8Array(this.kind.length); // 1: as it is, 2: inverted
    for (const {signals} of scores)
      for (const literal of signals) counted[literal >> 1]! |= 1 + (literal & 1);

    const signal = new Int32Array(this.kind.length).fill(-1);
    const inverted = new Uint8Array(this.kind.length);
    const feature: number[] = [];
    const threshold: number[] = [];
    for (let node = 1; node < this.kind.length; node++) {
      if (!needed[node] || this.kind[node] !== BIT) continue;
      signal[node] = feature.push(this.left[node]!) - 1;
      threshold.push(this.right[node]!);
    }
    const bits = feature.length;
    const id: number[] = [];
    const a: number[] = [];
    const b: number[] = [];
    const emitGate = (gate: number, x: number, y: number) => {
      a.push(x);
      b.push(y);
      return bits + id.push(gate) - 1;
    };
    for (let node = 1; node < this.kind.length; node++) {
      if (!needed[node] || this.kind[node] === BIT) continue;
      const [p, q] = [this.left[node]!, this.right[node]!];
      const [flipP, flipQ] = [(p & 1) ^ inverted[p >> 1]!, (q & 1) ^ inverted[q >> 1]!];
      inverted[node] = counted[node] === 2 ? 1 : 0;
      const plain = this.kind[node] === AND ? 1 << (2 * flipP + flipQ) : flipP === flipQ ? 6 : 9;
      signal[node] = emitGate(inverted[node] ? 15 - plain : plain, signal[p >> 1]!, signal[q >> 1]!);
    }
    const inverses = new Map<number, number>();
    const signalOf = (literal: Literal): number => {
      const node = literal >> 1;
      if ((literal & 1) === inverted[node]) return signal[node]!;
      const known = inverses.get(node) ?? emitGate(12, signal[node]!, signal[node]!);
      inverses.set(node, known);
      return known;
    };
    return {
      scores: scores.map((score) => ({...score, signals: score.signals.map(signalOf).sort()})),
      bits: {feature: Int32Array.from(feature), threshold: Float32Array.from(threshold)},
      gates: {id: Uint8Array.from(id), a: Int32Array.from(a), b: Int32Array.from(b)},
    };
  }

  private reachable(scores: readonly Score[]): Uint8Array {
    const needed = new Uint8Array(this.kind.length);
    for (const {signals} of scores) for (const literal of signals) needed[literal >> 1] = 1;
    for (let node = this.kind.length - 1; node > 0; node--) {
      if (!needed[node] || this.kind[node] === BIT) continue;
      needed[this.left[node]! >> 1] = 1;
      needed[this.right[node]! >> 1] = 1;
    }
    return needed;
  }
}
