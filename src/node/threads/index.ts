import {shareProducts} from '../../wasm/crew.js';
import {Member} from './Member.js';
import {MODULE} from './module.generated.js';

const members: Member[] = [];

/**
 * Has `threads` threads multiply the wasm backend's matrices, this one included. The others work on copies of
 * their operands, in memory of their own: TensorFlow.js's backend on one thread has memory that cannot be shared.
 */
export async function multiplyOn(threads: number): Promise<void> {
  shareProducts(undefined);
  const former = members.splice(threads - 1);
  await Promise.all(former.map((member) => member.stop()));
  if (threads === 1) return;
  const module = await WebAssembly.compile(Buffer.from(MODULE, 'base64'));
  while (members.length < threads - 1) members.push(await Member.start(module));
  shareProducts({
    size: members.length,
    begin: (i, heap, product) => members[i]!.begin(heap, product),
  });
}
