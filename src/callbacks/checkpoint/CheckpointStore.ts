/** Where the checkpoints of one run lie: a folder, or a part of the browser's storage. */
export interface CheckpointStore {
  /** Names of checkpoints, in any order. What is not named like one is left out. */
  list(): Promise<string[]>;
  read(name: string): Promise<Uint8Array>;
  /** Whenever the process dies, the whole of it is there under its name or nothing new is. On return it is on the disk. */
  write(name: string, bytes: Uint8Array): Promise<void>;
  remove(name: string): Promise<void>;
  /** How an error names a checkpoint, such as by its path. */
  locate(name: string): string;
}

/** A checkpoint after so many steps; sorted by name, they are sorted by step. */
export const checkpointName = (step: number): string => `step-${String(step).padStart(12, '0')}.checkpoint`;

/** The step in a checkpoint's name; undefined for other names. */
export function stepOf(name: string): number | undefined {
  const [, step] = /^step-(\d{12,})\.checkpoint$/.exec(name) ?? [];
  return step === undefined ? undefined : Number(step);
}
