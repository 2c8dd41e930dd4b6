import {hire} from '../../wasm/crew.js';
import {Member} from './Member.js';
import {MODULE} from './module.generated.js';

const members: Member[] = [];

/**
 * Has `threads` threads share large products of matrices and large layers of gates on the wasm backend, this one
 * included. The others work on copies of their operands, on memory of their own: that of TensorFlow.js's backend on
 * one thread cannot be shared.
 */
export async function workOn(threads: number): Promise<void> {
  hire(undefined);
  const former = members.splice(threads - 1);
  await Promise.all(former.map((member) => member.stop()));
  if (threads === 1) return;
  const module = await WebAssembly.compile(Buffer.from(MODULE, 'base64'));
  while (members.length < threads - 1) members.push(await Member.start(module));
  hire({
    size: members.length,
    begin: (member, ...work) => members[member]!.begin(...work),
  });
}
