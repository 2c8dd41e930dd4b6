import {signal} from '@preact/signals';
import {useEffect, useRef} from 'preact/hooks';

interface Stop {
  readonly panel: string;
  readonly title: string;
  readonly text: string;
  readonly section: string;
}

const STOPS: readonly Stop[] = [
  {
    panel: 'runbar',
    title: 'A network that can only say yes or no',
    text: 'Press Train. Each unit of this network is a logic gate with two inputs. A gate has no slope, so the usual way of training, following the slope downhill, has nothing to follow. Straight-through estimators lend it one.',
    section: 'sections 2.1 and 2.2',
  },
  {
    panel: 'explainer',
    title: 'Two questions, two temperatures',
    text: 'Which value does a unit take, and how would a change in its inputs have changed that? Most estimators use one temperature for both. Move tf: the bars on the left get flatter, and the unit explores. Move tb: only the gradient on the right changes.',
    section: 'sections 3 and 4.1',
  },
  {
    panel: 'settings',
    title: 'Turn the knobs while it trains',
    text: 'Both temperatures take effect immediately, without starting over. Raise tf and the training accuracy drops, because units are sampled more freely. Pin a run, change one thing, start over, and compare.',
    section: 'sections 4.2 and 4.3',
  },
  {
    panel: 'activity',
    title: 'What can go wrong',
    text: 'Discrete units fail quietly: all images get the same code, or half of the units no longer learn. Here you see which values are used, and which units get next to no gradient.',
    section: 'section 5.2',
  },
  {
    panel: 'deploy',
    title: 'Nothing but logic is left',
    text: 'A trained network of gates is a circuit. Compile it here: thousands of gates become a WebAssembly module of some 35 kB, which classifies millions of images per second and agrees with the network on every test image. Then draw a digit and follow its path.',
    section: 'section 5.1.3',
  },
];

const PAPER = 'https://arxiv.org/abs/2410.13331';

/** The tour's stop; undefined when there is no tour. */
export const stop = signal<number | undefined>(undefined);

/** Five stops, each with its panel in view. It covers nothing: everything can be used meanwhile. */
export function Tour() {
  const heading = useRef<HTMLHeadingElement>(null);
  const at = stop.value;
  useEffect(() => {
    if (at === undefined) return;
    const panel = document.getElementById(STOPS[at]!.panel);
    panel?.classList.add('toured');
    const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
    panel?.scrollIntoView({block: 'start', behavior: calm ? 'auto' : 'smooth'});
    heading.current?.focus({preventScroll: true});
    const close = ({key}: KeyboardEvent) => {
      if (key === 'Escape') stop.value = undefined;
    };
    document.addEventListener('keydown', close);
    return () => {
      document.removeEventListener('keydown', close);
      panel?.classList.remove('toured');
    };
  }, [at]);
  if (at === undefined) return null;
  const {title, text, section} = STOPS[at]!;
  return (
    <aside class="tour" aria-labelledby="tour-title">
      <p class="hint">
        Step {at + 1} of {STOPS.length}
      </p>
      <h2 id="tour-title" ref={heading} tabIndex={-1}>
        {title}
      </h2>
      <p>{text}</p>
      <p class="hint">
        <a href={PAPER}>Decoupled Straight-Through</a>, {section}
      </p>
      <div class="row">
        <button type="button" id="tour-back" disabled={at === 0} onClick={() => (stop.value = at - 1)}>
          Back
        </button>
        {at < STOPS.length - 1 ? (
          <button type="button" class="primary" id="tour-next" onClick={() => (stop.value = at + 1)}>
            Next
          </button>
        ) : null}
        <button type="button" id="tour-close" onClick={() => (stop.value = undefined)}>
          {at < STOPS.length - 1 ? 'Close' : 'Done'}
        </button>
      </div>
    </aside>
  );
}
