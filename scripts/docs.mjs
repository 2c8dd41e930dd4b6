/**
 * Builds the documentation site from docs/ and the docstrings, and the playground, into docs/.vitepress/dist: plain files,
 * for any web server. Fails at a link that leads nowhere.
 *
 *   npm run docs                 # build
 *   npm run docs -- --serve      # build, then serve the site on this machine
 *   npm run docs -- --edit       # serve the pages and show changes while they are written
 *
 * DOCS_BASE is the path under which a server keeps the site, `/` where it is not set.
 */
import {existsSync, readdirSync, readFileSync, rmSync} from 'node:fs';
import {fileURLToPath} from 'node:url';
import {importTool, installTools, readSymbols} from './docsTools.mjs';
import {buildPlayground} from './playgroundTools.mjs';

const docs = fileURLToPath(new URL('../docs', import.meta.url));
const [mode] = process.argv.slice(2);

installTools();
rmSync(`${docs}/api`, {recursive: true, force: true});
const {application, project} = await readSymbols({
  plugin: [`${docs}/node_modules/typedoc-plugin-markdown/dist/index.js`],
  outputs: [{name: 'markdown', path: `${docs}/api`}],
  readme: `${docs}/.vitepress/api.md`,
  mergeReadme: true,
  router: 'module',
  entryFileName: 'index.md',
  hideBreadcrumbs: true,
  hidePageHeader: true,
  hideGroupHeadings: false,
  useCodeBlocks: true,
  expandObjects: true,
  parametersFormat: 'table',
  interfacePropertiesFormat: 'table',
  typeAliasPropertiesFormat: 'table',
  enumMembersFormat: 'table',
  propertyMembersFormat: 'table',
  typeDeclarationFormat: 'table',
});
await application.generateOutputs(project);
if (application.logger.hasErrors()) throw new Error('TypeDoc could not write the API pages');

const {build, createServer, serve} = await importTool('vitepress');
if (mode === '--edit') {
  const server = await createServer(docs);
  await server.listen();
  server.printUrls();
} else {
  await build(docs);
  await buildPlayground(`${docs}/.vitepress/dist/playground`, '../index.html');
  checkLinks();
  if (mode === '--serve') await serve({root: docs});
}

/**
 * VitePress checks the links of pages; this checks those of the navigation, too, that nothing is fetched from elsewhere, and
 * that the navigation leads to every page.
 *
 * @throws naming page and address.
 */
function checkLinks() {
  const dist = `${docs}/.vitepress/dist`;
  const base = process.env.DOCS_BASE ?? '/';
  const pages = readdirSync(dist, {recursive: true}).filter(
    (path) => path.endsWith('.html') && path !== '404.html',
  );
  const linked = new Set(['index.html']);
  const faults = [];
  for (const page of pages) {
    const html = readFileSync(`${dist}/${page}`, 'utf8');
    for (const [, attribute, address] of html.matchAll(/<[^>]*\s(href|src)="([^"#]+)/g)) {
      if (/^(https?:)?\/\//.test(address)) {
        if (attribute === 'src' || html.includes(`<link href="${address}`))
          faults.push(`${page}: fetches ${address}`);
        continue;
      }
      if (!address.startsWith(base)) continue;
      const path = decodeURI(address.slice(base.length)).replace(/(^|\/)$/, '$1index.html');
      if (existsSync(`${dist}/${path}`)) linked.add(path);
      else faults.push(`${page}: no ${address}`);
    }
  }
  for (const page of pages) if (!linked.has(page)) faults.push(`${page}: no page links to it`);
  if (faults.length > 0) throw new Error([...new Set(faults)].join('\n'));
}
