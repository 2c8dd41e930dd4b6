/** The process that `fuzz` starts: mutates and checks what it is asked for, number by number. */
import '@tensorflow/tfjs-backend-cpu';
import {checkJournal, prepareJournals} from './journals.js';
import {checkModel, prepareModels} from './models.js';

const [kind, folder] = process.argv.slice(2) as ['models' | 'journals', string];
const check = kind === 'models' ? checkModel : checkJournal;
await (kind === 'models' ? prepareModels(folder) : prepareJournals(folder));

process.on('message', async (index: number) => {
  try {
    process.send!({verdict: await check(folder, index)});
  } catch (error) {
    process.send!({failure: String((error as Error).stack ?? error)});
  }
});
process.on('disconnect', () => process.exit());
process.send!('ready');
