import {type CheckpointStore, stepOf} from './CheckpointStore.js';

const DATABASE = 'tfjs-discrete';
const CHECKPOINTS = 'checkpoints';

/**
 * Stands in for `openStore.ts` in a bundle for the browser: keys `<dir>/<name>` in IndexedDB, whose transactions take
 * place in whole or not at all. package.json's `browser` field swaps the two.
 *
 * @throws Where there is no IndexedDB, as in a private window of some browsers.
 */
export async function openStore(dir: string): Promise<CheckpointStore> {
  const database = await openDatabase();
  const key = (name: string) => `${dir}/${name}`;
  const transact = <T>(mode: IDBTransactionMode, act: (files: IDBObjectStore) => IDBRequest<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      const transaction = database.transaction(CHECKPOINTS, mode, {durability: 'strict'});
      const request = act(transaction.objectStore(CHECKPOINTS));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onerror = () => reject(transaction.error);
      transaction.onabort = () => reject(transaction.error);
    });
  return {
    list: async () => {
      const prefix = key('');
      const range = IDBKeyRange.bound(prefix, `${prefix}\uffff`);
      const keys = await transact('readonly', (files) => files.getAllKeys(range));
      return keys
        .map((each) => String(each).slice(prefix.length))
        .filter((name) => stepOf(name) !== undefined);
    },
    read: async (name) => new Uint8Array(await transact('readonly', (files) => files.get(key(name)))),
    write: async (name, bytes) => {
      await transact('readwrite', (files) => files.put(Uint8Array.from(bytes).buffer, key(name)));
    },
    remove: async (name) => {
      await transact('readwrite', (files) => files.delete(key(name)));
    },
    locate: (name) => `indexeddb:${key(name)}`,
  };
}

function openDatabase(): Promise<IDBDatabase> {
  if (typeof indexedDB === 'undefined') {
    throw new Error('Checkpoint: this page has no IndexedDB to keep checkpoints in.');
  }
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(CHECKPOINTS);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
