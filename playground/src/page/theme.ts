import {effect, signal} from '@preact/signals';
import {recall, remember} from './storage.js';

export type Theme = 'light' | 'dark';

const KEY = 'tfjs-discrete-playground/theme';
const prefersDark = matchMedia('(prefers-color-scheme: dark)');

function initial(): Theme {
  const kept = recall(KEY);
  if (kept === 'light' || kept === 'dark') return kept;
  return prefersDark.matches ? 'dark' : 'light';
}

/** Light or dark: as the system has it, until the visitor chooses. */
export const theme = signal<Theme>(initial());

prefersDark.addEventListener('change', () => {
  if (recall(KEY) === null) theme.value = prefersDark.matches ? 'dark' : 'light';
});

effect(() => {
  document.documentElement.dataset.theme = theme.value;
});

export function toggleTheme(): void {
  theme.value = theme.value === 'dark' ? 'light' : 'dark';
  remember(KEY, theme.value);
}
