import {readdirSync} from 'node:fs';
import {fileURLToPath} from 'node:url';
import {defineConfig} from 'vitepress';

/** The pages that TypeDoc wrote: one for each entry point, and one for each name space in it. */
const api = [{text: 'API', items: [{text: 'Overview', link: '/api/'}, ...apiPages()]}];

function apiPages() {
  const folder = fileURLToPath(new URL('../api/tfjs-discrete', import.meta.url));
  const pages = readdirSync(folder, {recursive: true})
    .map((path) => String(path).replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.md') && path !== 'index.md')
    .sort();
  const itemOf = (path: string) => ({
    text: path
      .replace(/(\/index)?\.md$/, '')
      .replace('namespaces/', '')
      .replace('/namespaces/', '.'),
    link: `/api/tfjs-discrete/${path.replace(/(index)?\.md$/, '')}`,
  });
  const isNamespace = (path: string) => path.startsWith('namespaces/');
  return [
    {text: 'tfjs-discrete', link: '/api/tfjs-discrete/'},
    ...pages.filter(isNamespace).map(itemOf),
    ...pages
      .filter((path) => !isNamespace(path))
      .map(itemOf)
      .map(({text, link}) => ({text: `tfjs-discrete/${text}`, link})),
  ];
}

const guide = [
  {
    text: 'Start',
    items: [
      {text: 'Quickstart', link: '/guide/quickstart'},
      {text: 'Binary networks', link: '/guide/binary'},
      {text: 'Categorical autoencoders', link: '/guide/categorical'},
      {text: 'Logic-gate networks', link: '/guide/logic-gates'},
      {text: 'Circuits', link: '/guide/circuits'},
    ],
  },
  {
    text: 'Training',
    items: [
      {text: 'Estimators and temperatures', link: '/guide/temperatures'},
      {text: 'Optimizers and learning rates', link: '/guide/optimizers'},
      {text: 'Watching training', link: '/guide/watching'},
      {text: 'Saving and resuming', link: '/guide/saving'},
      {text: 'Searching for temperatures', link: '/guide/search'},
      {text: 'Analysing gradients', link: '/guide/analysis'},
    ],
  },
  {
    text: 'Platforms',
    items: [
      {text: 'Browsers', link: '/guide/browsers'},
      {text: 'Backends and speed', link: '/guide/backends'},
      {text: 'Benchmarks', link: '/benchmarks'},
      {text: 'TensorFlow.js: known issues', link: '/tensorflow-js'},
    ],
  },
  {
    text: 'Extending',
    items: [
      {text: 'Estimators of your own', link: '/guide/extending'},
      {text: 'Layers of your own', link: '/guide/own-layers'},
    ],
  },
];

const results = [
  {
    text: 'Results',
    items: [
      {text: 'Overview', link: '/results/'},
      {text: 'Stochastic binary network', link: '/results/sbn'},
      {text: 'Both temperatures', link: '/results/temperatures'},
      {text: 'Categorical autoencoder', link: '/results/catae'},
      {text: 'Logic-gate network', link: '/results/dln'},
      {text: 'Categorical VAE', link: '/results/categoricalVae'},
      {text: 'Binary autoencoder', link: '/results/binaryAutoencoder'},
      {text: 'Dead units', link: '/results/deadUnits'},
      {text: 'Defaults of logic gates', link: '/results/gateDefaults'},
      {text: 'Vector-quantized autoencoder', link: '/results/vqAutoencoder'},
    ],
  },
];

export default defineConfig({
  title: 'tfjs-discrete',
  description: 'Discrete layers for TensorFlow.js, trained by Decoupled Straight-Through.',
  base: process.env.DOCS_BASE ?? '/',
  lang: 'en',
  // `npm run docs` builds the playground into the site and then checks these links, too.
  ignoreDeadLinks: [/^\/playground\//],
  srcExclude: ['node_modules/**'],
  rewrites: {'results/README.md': 'results/index.md'},
  markdown: {theme: {light: 'github-light', dark: 'github-dark'}},
  themeConfig: {
    search: {provider: 'local'},
    nav: [
      {text: 'Guide', link: '/guide/quickstart', activeMatch: '/guide/'},
      {text: 'API', link: '/api/', activeMatch: '/api/'},
      {text: 'Results', link: '/results/', activeMatch: '/results/'},
      {text: 'Playground', link: '/playground/index.html', target: '_self'},
    ],
    sidebar: {'/api/': api, '/results/': results, '/': guide},
    outline: {level: [2, 3]},
    footer: {message: 'Apache-2.0'},
  },
});
