import {hire} from '../../wasm/crew.js';
import {Member} from './Member.js';
import {MODULE} from './module.generated.js';

let members: Member[] = [];
let latest: Promise<void> = Promise.resolve();

/**
 * Has `threads` threads share large products of matrices and large layers of gates on the wasm backend, this one
 * included. The others work on copies of their operands, on memory of their own: that of TensorFlow.js's backend on
 * one thread cannot be shared. Of several calls at once, the last holds.
 */
export function workOn(threads: number): Promise<void> {
  latest = latest.catch(() => undefined).then(() => change(threads));
  return latest;
}

async function change(threads: number): Promise<void> {
  hire(undefined);
  const former = members;
  members = former.filter((member) => !member.isLost).slice(0, threads - 1);
  await Promise.all(former.filter((member) => !members.includes(member)).map((member) => member.stop()));
  if (threads === 1) return;
  const module = await WebAssembly.compile(Buffer.from(MODULE, 'base64'));
  while (members.length < threads - 1) members.push(await Member.start(module));
  hire({
    size: members.length,
    begin: (member, ...work) => members[member]!.begin(...work),
  });
}
