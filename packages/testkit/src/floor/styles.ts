import { type CssNode, generate, parse, walk } from 'css-tree';
import { type Missing, missingStyle } from './support.ts';

const VIEWPORT = /^[dls]v(?:[hwib]|min|max)$/;
const VIEWPORT_NAMES = { d: 'dynamic', l: 'large', s: 'small' } as const;

/** What a built style sheet makes use of that a browser of the floor lacks. */
export function missingInStyles(source: string): Missing[] {
  const found = new Map<string, Missing>();
  const note = (one: Missing | undefined): void => {
    if (one !== undefined) found.set(one.feature, one);
  };
  const problems: string[] = [];
  const sheet = parse(source, { onParseError: ({ message }) => problems.push(message), parseCustomProperty: true });
  if (problems.length > 0) throw new Error(`the built style sheet cannot be read: ${problems[0]}`);
  const written = new Set<string>();
  walk(sheet, (node: CssNode) => {
    if (node.type === 'Declaration') written.add(node.property);
  });
  walk(sheet, {
    enter(node: CssNode) {
      switch (node.type) {
        case 'Atrule':
          note(missingStyle('at-rules', [node.name], `@${node.name}`));
          break;
        case 'Feature':
          note(missingStyle('at-rules', ['media', node.name.replace(/^(?:min|max)-/, '')], `@media (${node.name})`));
          break;
        case 'FeatureRange':
          note(missingStyle('at-rules', ['media', 'range_syntax'], '@media ranges'));
          break;
        case 'NestingSelector':
          note(missingStyle('selectors', ['nesting'], 'nesting'));
          break;
        case 'PseudoClassSelector':
        case 'PseudoElementSelector':
          note(
            missingStyle('selectors', [node.name], `${node.type === 'PseudoClassSelector' ? ':' : '::'}${node.name}`),
          );
          break;
        case 'Declaration': {
          const { property } = node;
          // Where it is there under its older name, too, that one is read.
          if (property.startsWith('--') || written.has(`-webkit-${property}`)) break;
          note(missingStyle('properties', [property]));
          // One word as the whole value.
          note(missingStyle('properties', [property, generate(node.value)], `${property}: ${generate(node.value)}`));
          break;
        }
        case 'Function':
          for (const way of [[node.name], ['color', node.name], ['image', node.name], ['easing-function', node.name]])
            note(missingStyle('types', way, `${node.name}()`));
          break;
        case 'Dimension':
          if (VIEWPORT.test(node.unit)) {
            const kind = VIEWPORT_NAMES[node.unit.charAt(0) as keyof typeof VIEWPORT_NAMES];
            note(missingStyle('types', ['length', `viewport_percentage_units_${kind}`], node.unit));
          } else note(missingStyle('types', ['length', node.unit], node.unit));
          break;
      }
    },
  });
  return [...found.values()].sort((a, b) => (a.feature < b.feature ? -1 : 1));
}
