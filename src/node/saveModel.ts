import {randomBytes} from 'node:crypto';
import {copyFile, link, mkdir, open, readdir, readFile, rename, rm, stat} from 'node:fs/promises';
import {join} from 'node:path';
import {io} from '@tensorflow/tfjs-core';
import {invalid} from '../functional/validate.js';
import {MODEL, OWNER, WEIGHTS} from './modelFolder.js';

/** What a save that was killed may leave behind; the next one clears it away. */
const LEFTOVER = /^(weights\.[0-9a-f]{12}\.bin|model\.json\.[0-9a-f]{12}\.tmp)$/;
const LEFTOVER_AGE_MILLISECONDS = 10 * 60_000;

/**
 * Saves a model to the folder `path`, which it creates, and replaces an earlier one in one step.
 *
 * Whenever the process dies, the folder holds the earlier model or the new one, in whole, for any reader:
 * `model.json` names the new weights under a name of their own until `weights.bin` is theirs.
 *
 * @throws if `path` is no folder and cannot be made one.
 */
export function saveModel(path: string, artifacts: io.ModelArtifacts): Promise<io.SaveResult> {
  return new ModelFolder(path).save(artifacts);
}

class ModelFolder {
  constructor(private readonly path: string) {}

  async save(artifacts: io.ModelArtifacts): Promise<io.SaveResult> {
    if (artifacts.modelTopology instanceof ArrayBuffer) {
      throw invalid(OWNER, 'modelTopology', 'JSON', artifacts.modelTopology);
    }
    await mkdir(this.path, {recursive: true}).catch((error: NodeJS.ErrnoException) => {
      throw invalid(OWNER, 'path', `a folder that can be written to (${error.code})`, this.path);
    });
    const id = randomBytes(6).toString('hex');
    const fresh = `weights.${id}.bin`;
    const inTransit = modelJson(artifacts, fresh);
    const atRest = modelJson(artifacts, WEIGHTS);

    await this.write(fresh, weightBuffers(artifacts.weightData));
    try {
      if (await exists(this.at(MODEL))) {
        await this.replaceModel(inTransit, id); // From here on it is the new model that is loaded.
        await this.duplicate(fresh, `weights.${randomBytes(6).toString('hex')}.bin`, WEIGHTS);
      } else {
        await rename(this.at(fresh), this.at(WEIGHTS));
      }
      await this.replaceModel(atRest, id);
    } finally {
      await this.clear(fresh);
    }
    return {modelArtifactsInfo: io.getModelArtifactsInfoForJSON(artifacts)};
  }

  private at(name: string): string {
    return join(this.path, name);
  }

  /** Writes a file that nothing names yet; on return its bytes are on the disk. */
  private async write(name: string, buffers: Uint8Array[]): Promise<void> {
    try {
      const file = await open(this.at(name), 'wx');
      try {
        for (const buffer of buffers) await file.writeFile(buffer);
        await file.sync();
      } finally {
        await file.close();
      }
    } catch (error) {
      await rm(this.at(name), {force: true});
      throw error;
    }
  }

  private async replaceModel(json: string, id: string): Promise<void> {
    const temporary = `${MODEL}.${id}.tmp`;
    await this.write(temporary, [Buffer.from(json)]);
    try {
      await rename(this.at(temporary), this.at(MODEL));
    } catch (error) {
      await rm(this.at(temporary), {force: true});
      throw error;
    }
  }

  /** Puts `from`'s content under the name `to` as well, without a moment in which `to` is not whole. */
  private async duplicate(from: string, temporary: string, to: string): Promise<void> {
    // Some file systems know no second name for a file.
    await link(this.at(from), this.at(temporary)).catch(() => copyFile(this.at(from), this.at(temporary)));
    await rename(this.at(temporary), this.at(to));
  }

  /** Removes `fresh`, unless a save that failed halfway needs it, and what older saves left behind. */
  private async clear(fresh: string): Promise<void> {
    const model = await readFile(this.at(MODEL), 'utf8').catch(() => '');
    for (const name of await readdir(this.path)) {
      if (!LEFTOVER.test(name) || model.includes(name)) continue;
      const age = Date.now() - ((await stat(this.at(name)).catch(() => undefined))?.mtimeMs ?? Date.now());
      if (name === fresh || age > LEFTOVER_AGE_MILLISECONDS) await rm(this.at(name), {force: true});
    }
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** With the keys, and in the order, of tfjs-node's handler. */
function modelJson(artifacts: io.ModelArtifacts, weights: string): string {
  const {modelTopology, format, generatedBy, convertedBy, trainingConfig, signature} = artifacts;
  const {userDefinedMetadata, modelInitializer, initializerSignature} = artifacts;
  return JSON.stringify({
    modelTopology,
    weightsManifest: [{paths: [weights], weights: artifacts.weightSpecs ?? []}],
    format,
    generatedBy,
    convertedBy,
    ...(trainingConfig && {trainingConfig}),
    ...(signature && {signature}),
    ...(userDefinedMetadata && {userDefinedMetadata}),
    ...(modelInitializer && {modelInitializer}),
    ...(initializerSignature && {initializerSignature}),
  });
}

function weightBuffers(data: io.WeightData | undefined): Uint8Array[] {
  if (data === undefined) return [];
  return (Array.isArray(data) ? data : [data]).map((piece) => new Uint8Array(piece));
}
