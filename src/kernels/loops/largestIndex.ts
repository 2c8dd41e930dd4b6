/** Index of the first of the largest numbers from `begin` to before `end`; `begin` where that number is NaN. */
export function largestIndex(numbers: Float32Array, begin: number, end: number): number {
  let largest = begin;
  for (let i = begin + 1; i < end; i++) if (numbers[i]! > numbers[largest]!) largest = i;
  return largest;
}
