/** Offers bytes as a file. */
export function download(name: string, contents: Uint8Array<ArrayBuffer>): void {
  const address = URL.createObjectURL(new Blob([contents]));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
