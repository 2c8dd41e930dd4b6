import {randomBytes} from 'node:crypto';
import {copyFile, link, mkdir, open, readdir, readFile, rename, rm, stat} from 'node:fs/promises';
import {join} from 'node:path';
import {io} from '@tensorflow/tfjs-core';
import {invalid} from '../functional/validate.js';
import {waitForLock} from './fileLock.js';
import {inTurn} from './folderQueue.js';
import {MODEL, OWNER, WEIGHTS} from './modelFolder.js';

/** What a save that was killed may leave behind; the next one removes it. */
const LEFTOVER = /^(weights\.[0-9a-f]{12}\.bin|model\.json\.[0-9a-f]{12}\.tmp)$/;

/**
 * Saves a model to the folder `path`, which it creates, and replaces the previous one in one step.
 *
 * Whenever the process dies, the folder holds the previous model or the new one, in whole, for any reader:
 * `model.json` names the new weights under a name of their own until `weights.bin` is theirs. Saves to one folder
 * take turns, across processes too, so that none mixes with another.
 *
 * @throws if `path` is not a folder and cannot be created, or cannot be written to.
 */
export function saveModel(path: string, artifacts: io.ModelArtifacts): Promise<io.SaveResult> {
  return inTurn(path, () => new ModelFolder(path).save(artifacts));
}

class ModelFolder {
  constructor(private readonly path: string) {}

  async save(artifacts: io.ModelArtifacts): Promise<io.SaveResult> {
    if (artifacts.modelTopology instanceof ArrayBuffer) {
      throw invalid(OWNER, 'modelTopology', 'JSON', artifacts.modelTopology);
    }
    const unlock = await this.lock();
    try {
      return await this.replace(artifacts);
    } finally {
      await unlock();
    }
  }

  /** Makes the folder and waits until no other process saves to it. */
  private async lock(): Promise<() => Promise<void>> {
    try {
      await mkdir(this.path, {recursive: true});
      return await waitForLock(this.at(MODEL));
    } catch (error) {
      const {code} = error as NodeJS.ErrnoException;
      throw invalid(OWNER, 'path', `a folder that can be written to (${code})`, this.path);
    }
  }

  private async replace(artifacts: io.ModelArtifacts): Promise<io.SaveResult> {
    const id = randomBytes(6).toString('hex');
    const fresh = `weights.${id}.bin`;
    const inTransit = modelJson(artifacts, fresh);
    const atRest = modelJson(artifacts, WEIGHTS);

    await this.write(fresh, weightBuffers(artifacts.weightData));
    try {
      if (await exists(this.at(MODEL))) {
        await this.replaceModel(inTransit, id); // From here on, readers get the new model.
        await this.duplicate(fresh, `weights.${randomBytes(6).toString('hex')}.bin`, WEIGHTS);
      } else {
        await rename(this.at(fresh), this.at(WEIGHTS));
      }
      await this.replaceModel(atRest, id);
    } finally {
      await this.clear();
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
    // Some file systems have no hard links.
    await link(this.at(from), this.at(temporary)).catch(() => copyFile(this.at(from), this.at(temporary)));
    await rename(this.at(temporary), this.at(to));
  }

  /** Removes what this save and killed ones leave behind, but for weights that `model.json` names. */
  private async clear(): Promise<void> {
    const model = await readFile(this.at(MODEL), 'utf8').catch(() => '');
    for (const name of await readdir(this.path)) {
      if (LEFTOVER.test(name) && !model.includes(name)) await rm(this.at(name), {force: true});
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
