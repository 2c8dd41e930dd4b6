import {render} from 'preact';
import {App} from './App.js';
import {open} from './state/store.js';
import './style/tokens.css';
import './style/page.css';
import './style/panels.css';

const opened = open();

/** How long the page waits for a frame, in milliseconds: a hidden page paints none. */
const AT_MOST = 200;
const painted = new Promise<void>((resolve) => {
  requestAnimationFrame(() => setTimeout(resolve));
  setTimeout(resolve, AT_MOST);
});

// The worker starts and the text of index.html is painted before the page is built.
void painted.then(async () => {
  const root = document.getElementById('app')!;
  root.replaceChildren();
  render(<App />, root);
  await opened;
  document.body.dataset.ready = 'true';
});
