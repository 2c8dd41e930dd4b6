import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {io} from '@tensorflow/tfjs-core';
import {type LayersModel, loadLayersModel, models} from '@tensorflow/tfjs-layers';

/** Saves a model and loads it again, one way or another. */
export type SavingTrip = (model: LayersModel, includeOptimizer?: boolean) => Promise<LayersModel>;

/** Handed over in memory, as in a browser. */
const memory: SavingTrip = async (model, includeOptimizer = false) =>
  loadLayersModel(io.fromMemory(await artifactsOf(model, includeOptimizer)));

/** Through a folder with `model.json` and `weights.bin`, the layout that TensorFlow.js' file handlers share. */
const folder: SavingTrip = async (model, includeOptimizer = false) => {
  const artifacts = await artifactsOf(model, includeOptimizer);
  const path = mkdtempSync(join(tmpdir(), 'saved-model-'));
  try {
    const {weightData, ...rest} = artifacts;
    writeFileSync(join(path, 'model.json'), JSON.stringify(rest));
    writeFileSync(join(path, 'weights.bin'), Buffer.from(weightData as ArrayBuffer));
    const bytes = readFileSync(join(path, 'weights.bin'));
    return await loadLayersModel(
      io.fromMemory({
        ...JSON.parse(readFileSync(join(path, 'model.json'), 'utf8')),
        weightData: Uint8Array.from(bytes).buffer,
      }),
    );
  } finally {
    rmSync(path, {recursive: true});
  }
};

export const SAVING_TRIPS: Record<string, SavingTrip> = {memory, folder};

/** What saving hands to a handler. */
export async function artifactsOf(model: LayersModel, includeOptimizer: boolean): Promise<io.ModelArtifacts> {
  let artifacts: io.ModelArtifacts | undefined;
  const handler = io.withSaveHandler(async (given) => {
    artifacts = given;
    return {modelArtifactsInfo: {dateSaved: new Date(0), modelTopologyType: 'JSON'}};
  });
  await model.save(handler, {includeOptimizer});
  return artifacts!;
}

/** The same architecture with fresh weights, through JSON text and its snake_case keys. */
export async function throughJson(model: LayersModel): Promise<LayersModel> {
  return models.modelFromJSON(JSON.parse(model.toJSON() as string));
}
