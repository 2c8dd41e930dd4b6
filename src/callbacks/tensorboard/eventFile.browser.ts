import type {EventWriterFactory} from './EventWriter.js';

/** Stands in for `eventFile.ts` in a bundle for the browser; package.json's `browser` field swaps them. */
export function eventFiles(): EventWriterFactory {
  throw new Error(
    'TensorBoard: event files need a file system; train in Node, or pass `createWriter: new EventDownload().createWriter` and offer a download.',
  );
}
