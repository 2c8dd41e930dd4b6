import {compare, measureInTurns} from '../comparison.js';
import {tensorflowJs} from '../programs.js';
import {GATE_NETWORK} from './gates.js';
import type {Row} from './Row.js';

/** Variants of a workload's `fit`, and how a user asks for them. */
const EVERY_BATCH = {variant: 'watched', call: 'callbacks.monitors()'};
const EVERY_FOURTH = {variant: 'watchedEveryFourth', call: 'callbacks.monitors({everyBatches: 4})'};

const monitorsRow = (
  name: string,
  {variant, call}: typeof EVERY_BATCH,
  model: string,
  workload: string,
  sizes: {steps: number},
): Row => ({
  name,
  title: `${model}: fit under ${call}, epochs of ${sizes.steps} batches`,
  async measure({effort}) {
    const program = tensorflowJs('ours', workload, sizes); // one process: the same model, with monitors and without
    const entries = [variant, 'fit'].map((one) => ({program, variant: one}));
    const [watched, plain] = await measureInTurns(entries, {...effort, rounds: 3 * effort.rounds});
    return compare(name, this.title, [watched!, {...plain!, name: 'without monitors'}]);
  },
});

const GATES = {...GATE_NETWORK, steps: 20};

/** The cost of the three monitors together, relative to a step of `model.fit`. */
export const MONITOR_ROWS: readonly Row[] = [
  monitorsRow('monitors-sbn', EVERY_BATCH, 'SBN', 'sbn', {steps: 60}),
  monitorsRow('monitors-dln', EVERY_BATCH, 'DLN', 'gateNetwork', GATES),
  monitorsRow('monitors-dln-fourth', EVERY_FOURTH, 'DLN', 'gateNetwork', GATES),
];
