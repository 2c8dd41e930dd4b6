/** Loads tfjs-node from the folder that buildNative.ts has filled, which registers the backend `tensorflow`. */
import {createRequire} from 'node:module';
import {join} from 'node:path';
import util from 'node:util';

// tfjs-node 4.22 calls this before its first operation; Node 23 removed it.
(util as {isNullOrUndefined?: (value: unknown) => boolean}).isNullOrUndefined ??= (value) => value == null;
createRequire(join(process.env.TFJS_NODE_FOLDER!, 'package.json'))('@tensorflow/tfjs-node');
