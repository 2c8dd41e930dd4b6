import {io} from '@tensorflow/tfjs-core';
import {type LayersModel, loadLayersModel} from '@tensorflow/tfjs-layers';
import {fromAddress, toAddress} from '../state/address.js';
import type {Settings} from '../state/settings.js';

const WEIGHTS = 'weights.bin';

/** A trained model as the two files that `tf.loadLayersModel` reads anywhere; the settings lie in the metadata. */
export async function exportModel(
  model: LayersModel,
  settings: Settings,
): Promise<Readonly<Record<'model.json' | 'weights.bin', Uint8Array<ArrayBuffer>>>> {
  let found: io.ModelArtifacts | undefined;
  await model.save(
    io.withSaveHandler(async (artifacts) => {
      found = artifacts;
      return {modelArtifactsInfo: {dateSaved: new Date(), modelTopologyType: 'JSON'}};
    }),
  );
  const {modelTopology, weightSpecs, weightData} = found!;
  const json = {
    format: 'layers-model',
    generatedBy: 'tfjs-discrete playground',
    modelTopology,
    weightsManifest: [{paths: [WEIGHTS], weights: weightSpecs}],
    userDefinedMetadata: {playground: toAddress(settings)},
  };
  return {
    'model.json': new TextEncoder().encode(JSON.stringify(json)),
    [WEIGHTS]: new Uint8Array(weightData as ArrayBuffer),
  };
}

/**
 * Reads what `exportModel` wrote.
 *
 * @throws If the two files are not there, or were not written by this page.
 */
export async function importModel(files: readonly File[]): Promise<{model: LayersModel; settings: Settings}> {
  const json = files.find(({name}) => name.endsWith('.json'));
  const weights = files.find(({name}) => name.endsWith('.bin'));
  if (json === undefined || weights === undefined) {
    const names = files.map(({name}) => name).join(', ') || 'no file';
    throw new Error(`Choose model.json and weights.bin together, got ${names}.`);
  }
  const {userDefinedMetadata, weightsManifest, modelTopology} = JSON.parse(await json.text());
  const address = userDefinedMetadata?.playground;
  if (typeof address !== 'string') throw new Error(`${json.name} was not exported by this page.`);
  const {settings, faults} = fromAddress(address);
  if (faults.length > 0) throw new Error(`${json.name}: ${faults.join(' ')}`);
  const weightSpecs = weightsManifest.flatMap((group: {weights: io.WeightsManifestEntry[]}) => group.weights);
  const weightData = await weights.arrayBuffer();
  const model = await loadLayersModel(io.fromMemory({modelTopology, weightSpecs, weightData}));
  return {model, settings};
}
