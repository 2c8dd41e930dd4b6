import {invalid} from '../../functional/validate.js';

/** @throws unless `name` can be an identifier of C and Verilog. */
export function exportName(owner: string, name: unknown): string {
  if (typeof name === 'string' && /^[A-Za-z][A-Za-z0-9_]{0,63}$/.test(name) && !RESERVED.has(name))
    return name;
  throw invalid(owner, 'name', 'a letter and up to 63 letters, digits and _, not a keyword', name);
}

/** What C and Verilog keep for themselves, as far as a circuit might be called so. */
const RESERVED = new Set([
  ...'auto break case char const continue default do double else enum extern float for goto if inline int'.split(
    ' ',
  ),
  ...'long register restrict return short signed sizeof static struct switch typedef union unsigned void'.split(
    ' ',
  ),
  ...'volatile while main and or not xor nand nor xnor buf wire reg input output inout module endmodule'.split(
    ' ',
  ),
  ...'assign always initial begin end function task table primitive supply0 supply1 time tri event integer'.split(
    ' ',
  ),
  ...'real parameter posedge negedge wait fork join force release repeat forever deassign disable edge'.split(
    ' ',
  ),
]);
