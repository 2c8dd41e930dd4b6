/** So many layers have a colour of their own; then the colours come again. */
export const LAYER_COLOURS = 8;

/** Colours of layers that people with colour-blindness tell apart (after Okabe and Ito), on white and on black. */
const LIGHT = ['#0072b2', '#b34700', '#00795a', '#a8488a', '#2b8ac6', '#8a6d00', '#5b4bb3', '#6b6b6b'];
const DARK = ['#5ab4f0', '#ff9a57', '#3fcf9f', '#f09ad3', '#8fd0ff', '#f0cf4f', '#b3a6ff', '#b5b5b5'];

const variables = (colours: readonly string[]) =>
  colours.map((colour, i) => `--layer-${i}: ${colour};`).join(' ');

/** The page's style, light and dark. */
export const STYLE = `
  :root { color-scheme: light dark; --page: #f5f6f8; --card: #fff; --line: #e1e5ec; --ink: #1f2733; --faint: #5b6577;
    --accent: #d1342f; ${variables(LIGHT)} }
  @media (prefers-color-scheme: dark) { :root { --page: #12151b; --card: #1b2029; --line: #323a47; --ink: #e8ecf3;
    --faint: #a3adbd; --accent: #ff7d78; ${variables(DARK)} } }
  * { box-sizing: border-box; }
  body { margin: 0 auto; max-width: 1360px; padding: 28px 20px 48px; background: var(--page); color: var(--ink);
    font: 15px/1.5 system-ui, sans-serif; }
  h1 { margin: 0; font-size: 26px; font-weight: 650; letter-spacing: -0.01em; overflow-wrap: anywhere; }
  h2 { margin: 0 0 8px; font-size: 16px; font-weight: 600; }
  header p { margin: 4px 0 0; color: var(--faint); }
  .running { color: var(--accent) !important; }
  .tiles { display: flex; flex-wrap: wrap; gap: 10px; margin: 16px 0; }
  .tiles div, figure, section > div { background: var(--card); border: 1px solid var(--line); border-radius: 10px; }
  .tiles div { padding: 8px 16px; flex: 1 0 auto; }
  dt, .note { color: var(--faint); font-size: 13px; }
  dd { margin: 0; font-size: 21px; font-weight: 600; font-variant-numeric: tabular-nums; }
  main, section { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 390px), 1fr)); gap: 14px; }
  section { grid-template-columns: minmax(0, 1fr); margin-top: 14px; }
  figure { margin: 0; padding: 12px; min-width: 0; }
  figcaption { font-weight: 600; }
  .note { margin: 2px 0 4px; }
  .legend { display: flex; flex-wrap: wrap; gap: 2px 14px; margin: 4px 0; padding: 0; list-style: none; font-size: 13px; }
  .legend i { display: inline-block; width: 20px; margin-right: 6px; vertical-align: middle; }
  svg { display: block; width: 100%; height: auto; touch-action: pan-y; outline-offset: 2px; }
  svg text { fill: var(--faint); font-size: 12px; font-family: system-ui, sans-serif; }
  svg path { fill: none; stroke-width: 2.2; stroke-linejoin: round; stroke-linecap: round; }
  svg .grid { stroke: var(--line); }
  svg line.limit { stroke: var(--ink); stroke-dasharray: 3 4; }
  svg .guide { stroke: var(--faint); }
  svg .guide[hidden] { display: none; }
  #tip { position: fixed; z-index: 1; pointer-events: none; max-width: 260px; padding: 6px 10px; border-radius: 8px;
    background: var(--ink); color: var(--card); font-size: 13px; font-variant-numeric: tabular-nums; }
  #tip[hidden] { display: none; }
  #tip i { display: inline-block; width: 9px; height: 9px; margin-right: 6px; border-radius: 50%; border: 1px solid var(--card); }
  .bars { display: grid; gap: 3px; margin: 6px 0 0; padding: 0; list-style: none; font-size: 12px; }
  .bars li { display: grid; grid-template-columns: 92px 1fr 46px; gap: 8px; align-items: center; }
  .bars b { display: block; height: 11px; border-radius: 3px; min-width: 1px; }
  .bars span:last-child { text-align: right; font-variant-numeric: tabular-nums; color: var(--faint); }
  .gallery { display: grid; grid-template-columns: repeat(auto-fill, minmax(52px, 1fr)); gap: 10px 8px; padding-top: 8px; }
  .gallery div { text-align: center; font-size: 12px; color: var(--faint); }
  .gallery img { display: block; width: 100%; margin-bottom: 3px; image-rendering: pixelated; border-radius: 3px; }
  .scroll { overflow-x: auto; }
  .confusion { border-collapse: separate; border-spacing: 2px; font-size: 12px; width: 100%; }
  .confusion td, .confusion th { padding: 3px 2px; min-width: 22px; text-align: center; font-weight: 400;
    font-variant-numeric: tabular-nums; border-radius: 3px; }
  .confusion th { color: var(--faint); }
  .confusion .right { background: color-mix(in srgb, var(--layer-0) calc(var(--share) * 0.45), transparent); }
  .confusion .wrong { background: color-mix(in srgb, var(--accent) min(100%, calc(var(--share) * 4)), transparent); }
  section > div { padding: 14px 16px; min-width: 0; }
  section table { border-collapse: collapse; font-size: 14px; }
  section th, section td { padding: 4px 16px 4px 0; text-align: left; vertical-align: top; }
  section th { font-weight: 400; color: var(--faint); white-space: nowrap; }
  pre { margin: 0; font: 12px/1.45 ui-monospace, "DejaVu Sans Mono", monospace; }
`;

/** Shows the values of the epoch that is pointed at, touched, or chosen with the arrow keys. */
export const SCRIPT = `
  const tip = document.getElementById('tip');
  const hide = () => { tip.hidden = true; for (const guide of document.querySelectorAll('.guide')) guide.setAttribute('hidden', ''); };
  for (const svg of document.querySelectorAll('svg[data-tip]')) {
    const {x, epoch, series} = JSON.parse(svg.dataset.tip);
    const guide = svg.querySelector('.guide');
    let shown = 0;
    const show = (i, left, top) => {
      hide();
      shown = i;
      guide.removeAttribute('hidden');
      for (const end of ['x1', 'x2']) guide.setAttribute(end, x[i]);
      tip.replaceChildren();
      const line = (text, colour) => {
        const row = document.createElement('div');
        if (colour) row.append(Object.assign(document.createElement('i'), {style: 'background:' + colour}));
        row.append(text);
        tip.append(row);
      };
      line('epoch ' + epoch[i]);
      for (const {name, colour, values} of series) line(name + ': ' + values[i], colour);
      tip.hidden = false;
      const {width, height} = tip.getBoundingClientRect();
      tip.style.left = Math.max(4, Math.min(left + 14, innerWidth - width - 4)) + 'px';
      tip.style.top = Math.max(4, top - height - 12) + 'px';
    };
    const point = (event) => {
      const box = svg.getBoundingClientRect();
      const at = ((event.clientX - box.left) / box.width) * svg.viewBox.baseVal.width;
      const nearest = x.reduce((best, one, i) => (Math.abs(one - at) < Math.abs(x[best] - at) ? i : best), 0);
      show(nearest, event.clientX, event.clientY);
    };
    svg.addEventListener('pointermove', point);
    svg.addEventListener('pointerdown', point);
    svg.addEventListener('pointerleave', (event) => { if (event.pointerType === 'mouse') hide(); });
    svg.addEventListener('blur', hide);
    svg.addEventListener('keydown', (event) => {
      const step = {ArrowLeft: -1, ArrowRight: 1}[event.key];
      if (step === undefined) return;
      event.preventDefault();
      const next = Math.max(0, Math.min(x.length - 1, shown + step));
      const box = svg.getBoundingClientRect();
      show(next, box.left + (x[next] / svg.viewBox.baseVal.width) * box.width, box.top + box.height / 2);
    });
  }
  document.addEventListener('pointerdown', (event) => { if (!event.target.closest('svg[data-tip]')) hide(); });
`;
