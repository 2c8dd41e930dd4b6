import {catae} from './catae.js';
import {gates} from './gates.js';
import {sbn} from './sbn.js';
import type {Task} from './Task.js';

export type {DiscreteArgs, Task} from './Task.js';

export const TASKS = {sbn, catae, gates} satisfies Record<string, Task>;
export type TaskName = keyof typeof TASKS;
