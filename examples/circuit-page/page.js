/**
 * The page beside a compiled circuit: draws strokes, scales and centres them as MNIST's images are (20 pixels high, the
 * centre of mass in the middle of 28 x 28), and lets the circuit answer. It needs `circuit.wasm`, `circuit.json` and
 * `loader.mjs`, which examples/circuit.ts writes.
 */
import {loadCircuit} from './loader.mjs';

const SIDE = 28;
const INSIDE = 20;
const pad = document.querySelector('#pad');
const seen = document.querySelector('#seen').getContext('2d');
const pen = pad.getContext('2d', {willReadFrequently: true});
const element = (id) => document.getElementById(id);

const started = performance.now();
const response = await fetch('circuit.wasm');
const bytes = await response.arrayBuffer();
const circuit = await loadCircuit(bytes);
const {gates, scores} = await (await fetch('circuit.json')).json();
element('facts').textContent =
  `${gates.id.length.toLocaleString('en')} gates in a module of ${(bytes.byteLength / 1000).toFixed(0)} kB, ` +
  `ready after ${(performance.now() - started).toFixed(0)} ms.`;

const bars = Array.from({length: circuit.scores}, (_, digit) => {
  const bar = document.createElement('div');
  bar.className = 'bar';
  bar.innerHTML = `<b>${digit}</b><span><i></i></span><span></span>`;
  element('bars').append(bar);
  return bar;
});
const highest = scores.signals.reduce((most, signals, i) => {
  return Math.max(most, (signals.length + (scores.offset?.[i] ?? 0)) / scores.temperature);
}, 1);

/** The drawing as the circuit takes it: 28 x 28 bytes; undefined where nothing is drawn. */
function centred() {
  const {width, height} = pad;
  const {data} = pen.getImageData(0, 0, width, height);
  let [left, top, right, bottom] = [width, height, -1, -1];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (data[4 * (y * width + x)] < 32) continue;
      [left, right] = [Math.min(left, x), Math.max(right, x)];
      [top, bottom] = [Math.min(top, y), Math.max(bottom, y)];
    }
  }
  if (right < 0) return undefined;
  const scale = INSIDE / Math.max(right - left + 1, bottom - top + 1);
  const place = (x, y) => {
    seen.fillStyle = '#000';
    seen.fillRect(0, 0, SIDE, SIDE);
    seen.imageSmoothingQuality = 'high';
    const size = [(right - left + 1) * scale, (bottom - top + 1) * scale];
    seen.drawImage(pad, left, top, right - left + 1, bottom - top + 1, x, y, ...size);
    const image = seen.getImageData(0, 0, SIDE, SIDE).data;
    return Uint8Array.from({length: SIDE * SIDE}, (_, i) => image[4 * i]);
  };
  const corner = (SIDE - INSIDE) / 2;
  const first = place(corner, corner);
  let [mass, sumX, sumY] = [0, 0, 0];
  first.forEach((value, i) => {
    mass += value;
    sumX += value * (i % SIDE);
    sumY += value * Math.floor(i / SIDE);
  });
  if (mass === 0) return undefined;
  const middle = (SIDE - 1) / 2;
  return place(corner + Math.round(middle - sumX / mass), corner + Math.round(middle - sumY / mass));
}

function answer() {
  const image = centred();
  if (image === undefined) return;
  circuit.evaluate(image); // the first call may still be compiling
  const start = performance.now();
  const repeats = 20;
  let found;
  for (let i = 0; i < repeats; i++) found = circuit.evaluate(image);
  const microseconds = (1000 * (performance.now() - start)) / repeats;
  const best = found.indexOf(Math.max(...found));
  element('answer').textContent = String(best);
  element('time').textContent = `${microseconds.toFixed(0)} microseconds for this image`;
  bars.forEach((bar, digit) => {
    bar.classList.toggle('best', digit === best);
    bar.querySelector('i').style.width = `${(100 * found[digit]) / highest}%`;
    bar.lastElementChild.textContent = found[digit].toFixed(1);
  });
}

let last;
function point(event) {
  const {left, top, width} = pad.getBoundingClientRect();
  const scale = pad.width / width;
  return [(event.clientX - left) * scale, (event.clientY - top) * scale];
}
function stroke(event) {
  if (last === undefined) return;
  const next = point(event);
  pen.strokeStyle = '#fff';
  pen.lineWidth = 22;
  pen.lineCap = 'round';
  pen.beginPath();
  pen.moveTo(...last);
  pen.lineTo(...next);
  pen.stroke();
  last = next;
  answer();
}
pad.addEventListener('pointerdown', (event) => {
  pad.setPointerCapture(event.pointerId);
  last = point(event);
  stroke(event);
});
pad.addEventListener('pointermove', stroke);
pad.addEventListener('pointerup', () => {
  last = undefined;
});
pad.addEventListener('pointercancel', () => {
  last = undefined;
});
element('clear').addEventListener('click', () => {
  pen.clearRect(0, 0, pad.width, pad.height);
  seen.clearRect(0, 0, SIDE, SIDE);
  element('answer').innerHTML = element('time').innerHTML = '&nbsp;';
  for (const bar of bars) bar.querySelector('i').style.width = '0';
});
document.body.dataset.ready = 'true';
