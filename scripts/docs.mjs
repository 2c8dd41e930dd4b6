/**
 * Builds the documentation site from docs/ and the docstrings into docs/.vitepress/dist: plain files, for any web
 * server. Fails at a link that leads nowhere.
 *
 *   npm run docs                 # build
 *   npm run docs -- --serve      # build, then serve the site on this machine
 *   npm run docs -- --edit       # serve the pages and show changes while they are written
 *
 * DOCS_BASE is the path under which a server keeps the site, `/` where it is not set.
 */
import {rmSync} from 'node:fs';
import {fileURLToPath} from 'node:url';
import {importTool, installTools, readSymbols} from './docsTools.mjs';

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
  if (mode === '--serve') await serve({root: docs});
}
