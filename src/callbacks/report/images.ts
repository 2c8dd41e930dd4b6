import type {Tensor} from '@tensorflow/tfjs-core';
import type {LayersModel, Sequential} from '@tensorflow/tfjs-layers';
import {checkOptions} from '../../functional/checkOptions.js';
import {invalid} from '../../functional/validate.js';
import {bitmap} from './bitmap.js';
import {escapeHtml} from './escapeHtml.js';

/** Images that a report shows with what the model makes of them. */
export interface ReportImages {
  /** Inputs of the model, samples first, values 0 to 1 or 0 to 255. */
  readonly x: Tensor;
  /** Of a classifier: one-hot targets `[samples, classes]`, or class numbers `[samples]`. */
  readonly y?: Tensor | readonly number[];
  /** Height, width and, for colours, 3. Default: the axes of `x` after the first. */
  readonly shape?: readonly number[];
  /** Default: the numbers of the classes. */
  readonly classNames?: readonly string[];
}

/**
 * Samples, height, width and channels of the images.
 *
 * @throws If an option is unknown, or the shape or the names of the classes do not fit.
 */
export function checkImages(
  owner: string,
  images: ReportImages,
): [samples: number, height: number, width: number, channels: number] {
  checkOptions(owner, images, ['x', 'y', 'shape', 'classNames']);
  const {x, classNames} = images ?? {};
  if (typeof x?.shape?.[0] !== 'number') throw invalid(owner, 'images.x', 'a tensor, samples first', x);
  const samples = x.shape[0];
  const shape = images.shape ?? x.shape.slice(1);
  const [height = 0, width = 0, channels = 1] = Array.isArray(shape) ? shape : [];
  const fits = shape.length >= 2 && [1, 3].includes(channels);
  if (!fits || height * width * channels * samples !== x.size) {
    const requirement = '[height, width] or [height, width, 3], as many values as a sample';
    throw invalid(owner, 'images.shape', requirement, shape);
  }
  const named = Array.isArray(classNames) && classNames.every((name) => typeof name === 'string');
  if (classNames !== undefined && !named) {
    throw invalid(owner, 'images.classNames', 'an array of names', classNames);
  }
  return [samples, height, width, channels];
}

const MOST_MISTAKES = 24;
const MOST_RECONSTRUCTIONS = 14;
const MOST_CLASSES = 30;

/**
 * The figures on images: of a classifier its confusion matrix and mistakes, of a model whose output is as large as its
 * input the images and their reconstructions.
 *
 * @throws If an option is unknown or shapes do not fit.
 */
export async function imageFigures(model: LayersModel | Sequential, images: ReportImages): Promise<string[]> {
  const {x, y, classNames} = images;
  const [samples, height, width, channels] = checkImages('report', images);
  const size = height * width * channels;
  const predicted = model.predict(x, {batchSize: 128}) as Tensor;
  const [pixels, outputs] = await Promise.all([x.data(), predicted.data()]);
  predicted.dispose();
  const width2 = outputs.length / samples;
  const scale = 255 / (pixels.some((value) => value > 1) ? 255 : 1);
  const imageUrl = (values: ArrayLike<number>, sample: number) =>
    bitmap(
      Array.from({length: size}, (_, i) => values[sample * size + i]! * scale),
      height,
      width,
      channels,
    );
  if (y === undefined) return width2 === size ? [reconstructions(samples, pixels, outputs, imageUrl)] : [];

  if (classNames !== undefined && classNames.length !== width2) {
    throw invalid('report', 'images.classNames', `${width2} names, one per output of the model`, classNames);
  }
  const labels = await labelsOf(y, samples);
  const guesses = Array.from({length: samples}, (_, i) => indexOfLargest(outputs, i * width2, width2));
  const name = (label: number) => images.classNames?.[label] ?? String(label);
  return [
    confusionMatrix(labels, guesses, width2, name),
    mistakes(labels, guesses, name, (sample) => imageUrl(pixels, sample)),
  ];
}

async function labelsOf(y: Tensor | readonly number[], samples: number): Promise<number[]> {
  const values = Array.isArray(y) ? y : Array.from(await (y as Tensor).data());
  const classes = values.length / samples;
  if (!Number.isInteger(classes) || classes < 1) {
    throw invalid(
      'report',
      'images.y',
      `one label, or one row of a one-hot target, for each of ${samples} samples`,
      values.length,
    );
  }
  if (classes === 1) return values as number[];
  return Array.from({length: samples}, (_, i) => indexOfLargest(values, i * classes, classes));
}

function indexOfLargest(values: ArrayLike<number>, begin: number, count: number): number {
  let best = 0;
  for (let i = 1; i < count; i++) if (values[begin + i]! > values[begin + best]!) best = i;
  return best;
}

function reconstructions(
  samples: number,
  pixels: ArrayLike<number>,
  outputs: ArrayLike<number>,
  imageUrl: (values: ArrayLike<number>, sample: number) => string,
): string {
  const shown = Array.from({length: Math.min(samples, MOST_RECONSTRUCTIONS)}, (_, i) => {
    const alt = `Image ${i + 1}`;
    return `<div><img alt="${alt}" src="${imageUrl(pixels, i)}"><img alt="${alt}, reconstructed" src="${imageUrl(outputs, i)}"></div>`;
  });
  return `<figure><figcaption>Images and their reconstructions</figcaption><div class="gallery">${shown.join('')}</div></figure>`;
}

function mistakes(
  labels: readonly number[],
  guesses: readonly number[],
  name: (label: number) => string,
  imageUrl: (sample: number) => string,
): string {
  const wrong = labels.flatMap((label, i) => (label === guesses[i] ? [] : [i]));
  const shown = wrong.slice(0, MOST_MISTAKES).map((i) => {
    const caption = escapeHtml(`${name(labels[i]!)} as ${name(guesses[i]!)}`);
    return `<div><img alt="${caption}" src="${imageUrl(i)}">${caption}</div>`;
  });
  const title = `Mistakes: ${wrong.length} of ${labels.length} images`;
  return `<figure><figcaption>${title}</figcaption><div class="gallery">${shown.join('')}</div></figure>`;
}

/** Rows are the true classes, columns the predicted ones; the share of its row shades a cell. */
function confusionMatrix(
  labels: readonly number[],
  guesses: readonly number[],
  classes: number,
  name: (label: number) => string,
): string {
  const title = '<figcaption>Confusion matrix</figcaption>';
  if (classes > MOST_CLASSES) {
    return `<figure>${title}<p class="note">${classes} classes are too many to show.</p></figure>`;
  }
  const counts = Array.from({length: classes}, () => new Array<number>(classes).fill(0));
  labels.forEach((label, i) => {
    const row = counts[label];
    if (row === undefined) throw invalid('report', 'images.y', `classes from 0 to ${classes - 1}`, label);
    row[guesses[i]!]!++;
  });
  const head = counts.map((_, k) => `<th scope="col">${escapeHtml(name(k))}</th>`).join('');
  const rows = counts.map((row, label) => {
    const total = row.reduce((sum, count) => sum + count, 0) || 1;
    const cells = row.map((count, guess) => {
      const share = Math.round((100 * count) / total);
      const kind = label === guess ? 'right' : 'wrong';
      const tip = escapeHtml(`${name(label)} as ${name(guess)}: ${count} (${share} %)`);
      return `<td class="${kind}" style="--share:${share}%" title="${tip}">${count || ''}</td>`;
    });
    return `<tr><th scope="row">${escapeHtml(name(label))}</th>${cells.join('')}</tr>`;
  });
  return (
    `<figure class="wide">${title}<p class="note">Rows: true class. Columns: predicted class.</p><div class="scroll">` +
    `<table class="confusion"><tr><td></td>${head}</tr>${rows.join('')}</table></div></figure>`
  );
}
