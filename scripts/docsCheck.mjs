/**
 * Every public symbol has a docstring with a summary, and every public function, class and factory an example.
 *
 *   npm run docs:check
 *
 * Lists what is missing, one line each, and fails if there is any.
 */
import {importTool, installTools, readSymbols} from './docsTools.mjs';

/** Names whose meaning TensorFlow.js or JavaScript gives: a docstring would repeat it. */
const GIVEN = new Set(['className', 'constructor', 'kwargs', '[iterator]']);

installTools();
const {ReflectionKind} = await importTool('typedoc');
const {project} = await readSymbols({logLevel: 'Error', treatWarningsAsErrors: false});

const missing = new Set();
for (const symbol of Object.values(project.reflections)) {
  if (symbol === project || symbol.overwrites || symbol.inheritedFrom || GIVEN.has(symbol.name)) continue;
  const name = symbol.getFullName();
  const comments = commentsOf(symbol);
  if (comments === undefined) continue;
  if (!comments.some((comment) => comment?.summary.length > 0)) missing.add(`${name}: no summary`);
  if (wantsExample(symbol) && !comments.some((comment) => comment?.getTag('@example'))) {
    missing.add(`${name}: no @example`);
  }
}
for (const line of [...missing].sort()) console.error(line);
console.log(
  `docs:check: ${missing.size === 0 ? 'every public symbol is documented' : `${missing.size} missing`}`,
);
process.exitCode = missing.size === 0 ? 0 : 1;

/** The docstrings that may describe `symbol`; undefined for what needs none, such as a parameter. */
function commentsOf(symbol) {
  if (symbol.kindOf([ReflectionKind.Function, ReflectionKind.Method])) {
    return (symbol.signatures ?? []).map(({comment}) => comment);
  }
  if (symbol.kindOf(ReflectionKind.Accessor)) return [symbol.comment, symbol.getSignature?.comment];
  const documented = [
    ReflectionKind.Class,
    ReflectionKind.Interface,
    ReflectionKind.TypeAlias,
    ReflectionKind.Variable,
    ReflectionKind.Property,
    ReflectionKind.Namespace,
  ];
  if (!symbol.kindOf(documented) || inTypeLiteral(symbol)) return undefined;
  return [symbol.comment];
}

/** Members of an inline type are described where the type stands. */
function inTypeLiteral(symbol) {
  return symbol.parent?.name === '__type' || symbol.parent?.kindOf(ReflectionKind.TypeLiteral);
}

function wantsExample(symbol) {
  if (symbol.kindOf(ReflectionKind.Function)) return true;
  return symbol.kindOf(ReflectionKind.Class) && !symbol.flags.isAbstract;
}
