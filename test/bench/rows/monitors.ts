import {compare, measureInTurns} from '../comparison.js';
import {tensorflowJs} from '../programs.js';
import {GATE_NETWORK} from './gates.js';
import type {Row} from './Row.js';

const monitorsRow = (name: string, title: string, workload: string, sizes: {steps: number}): Row => ({
  name,
  title: `${title}: fit under callbacks.monitors(), epochs of ${sizes.steps} batches`,
  async measure({effort}) {
    const program = tensorflowJs('ours', workload, sizes); // one process: the same model, with monitors and without
    const entries = ['watched', 'fit'].map((variant) => ({program, variant}));
    const [watched, plain] = await measureInTurns(entries, {...effort, rounds: 3 * effort.rounds});
    return compare(name, this.title, [watched!, {...plain!, name: 'without monitors'}]);
  },
});

/** The cost of the three monitors together, relative to a step of `model.fit`. */
export const MONITOR_ROWS: readonly Row[] = [
  monitorsRow('monitors-sbn', 'SBN', 'sbn', {steps: 60}),
  monitorsRow('monitors-dln', 'DLN', 'gateNetwork', {...GATE_NETWORK, steps: 20} as {steps: number}),
];
