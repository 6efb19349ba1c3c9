export { makePoor } from './poor-page.ts';
export { missingInScript } from './scripts.ts';
export { missingInStyles } from './styles.ts';
export type { Missing } from './support.ts';
