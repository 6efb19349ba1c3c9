import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { codeBlocks, inlineCode, placeOf, ROOT } from './code-blocks.ts';
import { commandsOf, faultOfCommand } from './shell-commands.ts';
import { compileBlocks } from './typed-blocks.ts';
import { faultsOfScraping } from './yaml-blocks.ts';

const blocks = codeBlocks();
const of = (...languages: string[]) => blocks.filter(({ language }) => languages.includes(language));
/** Each is looked at below, or is a drawing. */
const LANGUAGES = ['ts', 'tsx', 'js', 'json', 'yaml', 'sh', 'html', 'md', ''];

describe('the code in the documents', () => {
  it('is in a language that is looked at here', () => {
    expect(blocks.filter(({ language }) => !LANGUAGES.includes(language)).map(placeOf)).toEqual([]);
  });

  it('compiles, against the packages as they are', { timeout: 180_000 }, async () => {
    const typed = of('ts', 'tsx');
    expect(typed.length).toBeGreaterThan(5);
    expect(await compileBlocks(typed)).toBe('');
  });

  it('a block that does not compile is found', { timeout: 180_000 }, async () => {
    const [block] = of('ts');
    const text = "import { defineTool } from './tool.ts';\nfindOrder(defineTool.wrong);\n";
    const said = await compileBlocks(block ? [{ ...block, text, file: 'services/ai/src/tools/x.ts' }] : []);
    expect(said).toContain("Cannot find name 'findOrder'");
    expect(said).toContain("Property 'wrong' does not exist");
  });

  it.each(of('json').map((block) => [placeOf(block), block]))('%s is JSON', (_, { text }) => {
    expect(() => JSON.parse(text)).not.toThrow();
  });

  it.each(of('yaml').map((block) => [placeOf(block), block]))(
    '%s is YAML, and looks for metrics where they are',
    (_, { text }) => {
      expect(faultsOfScraping(text)).toEqual([]);
    },
  );

  it('metrics that are looked for elsewhere are found', () => {
    const at = (name: string, port: number) =>
      `scrape_configs: [{ dns_sd_configs: [{ names: [${name}], type: A, port: ${port} }] }]`;
    expect(faultsOfScraping(at('gateway', 3001))).toEqual(['gateway has its metrics at 3010, not at 3001']);
    expect(faultsOfScraping(at('nothing', 3001))).toEqual(['there is no service nothing']);
  });

  it.each(of('html').map((block) => [placeOf(block), block]))('%s: the widget knows each attribute', (_, { text }) => {
    const table = readFileSync(join(ROOT, 'apps/web-chat/README.md'), 'utf8');
    const attributes = [...text.matchAll(/\s(data-[a-z-]+)=/g)].map(([, name = '']) => name);
    expect(attributes.filter((name) => !table.includes(`| \`${name}\``))).toEqual([]);
  });

  it.each(of('sh').map((block) => [placeOf(block), block]))('%s: each command is there', (_, { text }) => {
    expect(
      commandsOf(text)
        .map(faultOfCommand)
        .filter((fault) => fault !== undefined),
    ).toEqual([]);
  });

  it('so are the commands within sentences', () => {
    const commands = inlineCode().filter(({ text }) => /^(npm (run |start|test)|pnpm |nats req )/.test(text));
    expect(commands.length).toBeGreaterThan(20);
    const faults = commands.map(({ document, text }) => [document, text, faultOfCommand(text)]);
    expect(faults.filter(([, , fault]) => fault !== undefined)).toEqual([]);
  });

  it.each([
    ['npm run nothing', 'there is no script'],
    ['pnpm --filter @baton/web-chat nothing', 'there is no script'],
    ["nats req chat.session.nothing '{}'", 'the contract has no'],
    [`nats req chat.session.get '{"sessionId":7}'`, 'does not take'],
    ['docker-compose up --scale nothing=3', 'no service'],
    ['infra/docker/compose.sh up --scale nothing=3', 'no service'],
    ['NOTHING=1 npm start', '.env.example does not explain'],
    ['nothing --at all', 'nobody has checked'],
  ])('%s would be found', (command, fault) => {
    expect(faultOfCommand(command)).toContain(fault);
  });
});
