/** Ids of WebAssembly's sections. */
const [CUSTOM, IMPORT, MEMORY, EXPORT, DATA] = [0, 2, 5, 7, 11];
const PAGE = 65_536;
const MEMORY_KIND = 2;

/**
 * Makes a standalone module of one that imports its memory: with a memory of its own, exported as `memory`, that holds
 * `data` from address 0 on when it starts.
 *
 * @param module A module that imports nothing but its memory, and has no data.
 * @param bytes How large the memory has to be at least.
 */
export function linkModule(module: Uint8Array, data: Uint8Array, bytes: number): Uint8Array<ArrayBuffer> {
  const sections: [id: number, contents: Uint8Array][] = [];
  for (let at = 8; at < module.length; ) {
    const id = module[at]!;
    const [size, start] = readUnsigned(module, at + 1);
    sections.push([id, module.subarray(start, start + size)]);
    at = start + size;
  }
  const pages = Math.ceil(bytes / PAGE);
  const memory = Uint8Array.of(1, 1, ...unsigned(pages), ...unsigned(pages)); // it does not grow
  const name = new TextEncoder().encode('memory');
  const exported = Uint8Array.of(name.length, ...name, MEMORY_KIND, 0);
  const dataHead = Uint8Array.of(1, 0, 0x41, 0, 0x0b, ...unsigned(data.length)); // one segment, at i32.const 0

  const out: Uint8Array[] = [module.subarray(0, 8)];
  const write = (id: number, ...parts: Uint8Array[]) => {
    const size = parts.reduce((sum, {length}) => sum + length, 0);
    out.push(Uint8Array.of(id, ...unsigned(size)), ...parts);
  };
  let hasMemory = false;
  for (const [id, contents] of sections) {
    if (id === IMPORT || id === CUSTOM) continue; // the memory, and names for debuggers
    if (id > MEMORY && !hasMemory) write(MEMORY, memory);
    hasMemory ||= id > MEMORY;
    if (id === EXPORT) {
      const [count, start] = readUnsigned(contents, 0);
      write(EXPORT, Uint8Array.from(unsigned(count + 1)), contents.subarray(start), exported);
    } else {
      write(id, contents);
    }
  }
  write(DATA, dataHead, data);

  const linked = new Uint8Array(out.reduce((sum, {length}) => sum + length, 0));
  let at = 0;
  for (const part of out) {
    linked.set(part, at);
    at += part.length;
  }
  return linked;
}

/** A whole number as WebAssembly writes it: seven bits per byte, the lowest first. */
function unsigned(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...bytes, rest];
    bytes.push((rest % 128) | 128);
  }
}

function readUnsigned(bytes: Uint8Array, at: number): [value: number, next: number] {
  let value = 0;
  for (let weight = 1, i = at; ; weight *= 128, i++) {
    value += (bytes[i]! & 127) * weight;
    if (bytes[i]! < 128) return [value, i + 1];
  }
}
