import {render} from 'preact';
import {App} from './App.js';
import {open} from './state/store.js';
import './style/tokens.css';
import './style/page.css';
import './style/panels.css';

const root = document.getElementById('app')!;
root.replaceChildren();
render(<App />, root);
void open().then(() => {
  document.body.dataset.ready = 'true';
});
