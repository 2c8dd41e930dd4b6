/** What one step has to move and to compute, in any program. */
export interface Traffic {
  /** Bytes read and written when every array is read or written once a pass, and nothing between passes. */
  readonly bytes: number;
  /** Multiplications and additions. */
  readonly operations: number;
}

const FLOAT = 4;

export interface GateTrafficSizes {
  readonly inputs: number;
  readonly units: number;
  readonly batch: number;
}

/**
 * A layer of logic gates forward and backward: forward reads x, logits and connections and writes y; backward
 * reads dy, x, logits and connections and writes dx and the gradient of the logits.
 */
export function gateLayerTraffic({inputs, units, batch}: GateTrafficSizes, inputGradient = true): Traffic {
  const floats =
    (inputGradient ? 3 : 2) * batch * inputs + // x, x again, dx
    2 * batch * units + // y, dy
    3 * 16 * units + // logits, logits again, their gradient
    2 * 2 * units; // connections, twice
  // c0 + c1 a + c2 b + c3 ab: 7; two partial derivatives times dy, added up: 8; four sums: 6.
  return {bytes: FLOAT * floats, operations: (inputGradient ? 21 : 13) * batch * units};
}

/** Adam reads a weight, its gradient and two moments, and writes all but the gradient; 12 operations. */
export function adamTraffic(weights: number): Traffic {
  return {bytes: FLOAT * 7 * weights, operations: 12 * weights};
}

/** A network of gate layers with Adam. The first layer's input needs no gradient. */
export function gateNetworkTraffic({
  inputs,
  units,
  batch,
  layers,
}: GateTrafficSizes & {layers: number}): Traffic {
  return total(
    Array.from({length: layers}, (_, i) => [
      gateLayerTraffic({inputs: i === 0 ? inputs : units, units, batch}, i > 0),
      adamTraffic(16 * units),
    ]).flat(),
  );
}

/**
 * Dense layers of these widths with Adam: forward reads x and the kernel and writes y; backward reads dy, x
 * and the kernel and writes dx and the kernel's gradient. The first layer's input needs no gradient.
 */
export function denseTraffic(widths: readonly number[], batch: number): Traffic {
  return total(
    widths.slice(1).flatMap((units, i) => {
      const inputs = widths[i]!;
      const [kernel, x, y] = [inputs * units, batch * inputs, batch * units];
      const first = i === 0;
      return [
        {
          bytes: FLOAT * ((first ? 2 : 3) * kernel + (first ? 2 : 3) * x + 2 * y),
          operations: (first ? 2 : 3) * 2 * batch * kernel,
        },
        adamTraffic(kernel + units),
      ];
    }),
  );
}

/** The forward pass of dense layers. */
export function densePredictTraffic(widths: readonly number[], batch: number): Traffic {
  return total(
    widths.slice(1).map((units, i) => {
      const inputs = widths[i]!;
      return {
        bytes: FLOAT * (inputs * units + batch * (inputs + units)),
        operations: 2 * batch * inputs * units,
      };
    }),
  );
}

/** The forward pass of gate layers. */
export function gatePredictTraffic({
  inputs,
  units,
  batch,
  layers,
}: GateTrafficSizes & {layers: number}): Traffic {
  return total(
    Array.from({length: layers}, (_, i) => ({
      bytes: FLOAT * (batch * ((i === 0 ? inputs : units) + units) + (16 + 2) * units),
      operations: 7 * batch * units,
    })),
  );
}

function total(parts: readonly Traffic[]): Traffic {
  return {
    bytes: parts.reduce((sum, {bytes}) => sum + bytes, 0),
    operations: parts.reduce((sum, {operations}) => sum + operations, 0),
  };
}
