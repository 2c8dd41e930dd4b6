import binaryAutoencoder from './binaryAutoencoder.js';
import catae from './catae.js';
import categoricalVae from './categoricalVae.js';
import dln from './dln.js';
import type {Configuration, Experiment, Settings} from './experiment.js';
import sbn from './sbn.js';
import vqAutoencoder from './vqAutoencoder.js';

/** The experiments whose temperatures can be searched for. */
export const TASKS = {binaryAutoencoder, catae, categoricalVae, dln, sbn, vqAutoencoder} as unknown as Record<
  string,
  Experiment<Configuration, Settings>
>;
