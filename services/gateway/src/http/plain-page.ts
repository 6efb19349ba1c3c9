import { createHash } from 'node:crypto';
import type { Answer } from './answer.ts';

const STYLE = `
body { font: 16px/1.6 system-ui, sans-serif; max-width: 40rem; margin: 4rem auto; padding: 0 1rem; color-scheme: light dark; }
code { padding: 0.1em 0.4em; border-radius: 0.3em; background: color-mix(in srgb, currentcolor 10%, transparent); }
`;

/** The hash of the style, for a content security policy. */
export const plainStyleSource = `'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`;

/** A minimal page that needs no build. */
function plainPage(status: number, title: string, body: string): Answer {
  return {
    status,
    type: 'text/html; charset=utf-8',
    body: `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${title}</h1>
${body}
</main>
</body>
</html>
`,
  };
}

export const notBuiltPage = (status: number): Answer =>
  plainPage(
    status,
    'Baton gateway',
    `<p>The gateway runs, but its pages are not built yet. In Baton's folder, run</p>
<p><code>npx pnpm build</code></p>
<p>and reload this page. <code>npm start</code> does it by itself.</p>
<ul>
<li><a href="health">health</a>: the state of every part</li>
<li><a href="api/info">api/info</a>: what runs here</li>
</ul>`,
  );

export const notFoundPage = (basePath: string): Answer =>
  plainPage(
    404,
    'There is nothing here',
    `<p>This address leads nowhere. <a href="${basePath}">Go to the chat</a>.</p>`,
  );
