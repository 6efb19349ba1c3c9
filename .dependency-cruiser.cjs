/**
 * Which part may know which. Run by `pnpm depcruise`; each rule says why it is there.
 * What is only a type (`import type`) costs nothing at run time; rules about libraries leave it free where they say so.
 */

// A stage shows the states of a page to tests and for pictures; no build takes it.
const TESTS = '(^|/)(test|fixtures|stage)/|[.]test[.]ts$|^(e2e|bench|chaos)/';
const PRISMA_FOLDER = '^(services/(session|workspace)|bench)/(prisma/|prisma[.]config[.]ts$|src/generated/)';
/** The one file of the measurements that drives a part of a service by itself. */
const MEASURED_FROM = '^bench/contenders/baton[.]ts$';
/** Files that put parts together or are asked from outside; what they call gets its drivers as arguments. */
const WIRING = '(^|/)(main|start|endpoints|reactions|subscriptions|[a-z-]+-endpoints)[.]ts$';
/** The only importers of their library. */
const DRIVERS = '-(postgres|redis|openai|openid|nats|minisearch)[.]ts$';

/** A library that is used by one kind of driver file only. */
const onlyFrom = (driver, library, comment, { typesToo = false } = {}) => ({
  name: `only-${driver}-files-use-their-library`,
  comment,
  severity: 'error',
  from: { path: '^services/', pathNot: [`-${driver}[.]ts$`, TESTS, PRISMA_FOLDER] },
  to: { path: library, ...(!typesToo && { dependencyTypesNot: ['type-only'] }) },
});

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'services-are-islands',
      comment:
        'A service is started, killed, doubled and upgraded by itself. What one needs of another it asks over NATS; the contract is what they have in common.',
      severity: 'error',
      from: { path: '^services/([^/]+)/' },
      to: { path: '^services/', pathNot: '^services/$1/' },
    },
    {
      name: 'services-use-runtime-and-contracts',
      comment:
        'services → runtime → contracts; addresses say how servers are reached, and postgres how one of them is used. Everything else in the repository is for developing, testing or showing.',
      severity: 'error',
      from: { path: '^services/[^/]+/src/', pathNot: TESTS },
      to: {
        path: '^(packages|infra|apps|e2e|bench|chaos)/',
        pathNot: '^packages/(contracts|runtime|addresses|postgres)/',
      },
    },
    {
      name: 'runtime-knows-contracts-and-addresses-only',
      comment: 'runtime is how a process lives; a word about chat in it would be in every service.',
      severity: 'error',
      from: { path: '^packages/runtime/src/', pathNot: TESTS },
      to: {
        path: '^(packages|services|infra|apps|e2e|bench|chaos)/',
        pathNot: '^packages/(runtime|contracts|addresses)/',
      },
    },
    {
      name: 'postgres-knows-runtime-only',
      comment: "A pool and its errors; what is in the tables is the services' own.",
      severity: 'error',
      from: { path: '^packages/postgres/src/', pathNot: TESTS },
      to: { path: '^(packages|services|infra|apps|e2e|bench|chaos)/', pathNot: '^packages/(postgres|runtime)/' },
    },
    {
      name: 'addresses-import-nothing',
      comment: 'How a server is reached is read alike by the services, by what starts them, and by the tests.',
      severity: 'error',
      from: { path: '^packages/addresses/src/', pathNot: TESTS },
      to: { pathNot: '^packages/addresses/src/', dependencyTypesNot: ['core'] },
    },
    {
      name: 'contracts-import-zod-only',
      comment: 'The contracts load in a browser and in any program, so they have no I/O and one dependency.',
      severity: 'error',
      from: { path: '^packages/contracts/src/', pathNot: TESTS },
      to: { pathNot: '^packages/contracts/src/|/node_modules/zod/' },
    },
    {
      name: 'apps-use-client-design-and-contracts',
      comment:
        'apps → client → contracts, and design for how they look: what an app can do, any program of anybody can do.',
      severity: 'error',
      from: { path: '^apps/([^/]+)/', pathNot: TESTS },
      to: {
        path: '^(packages|services|infra|apps|e2e|bench|chaos)/',
        pathNot: '^(apps/$1/|packages/(client|design|contracts)/)',
      },
    },
    {
      name: 'client-knows-contracts-only',
      comment: 'The SDK is for the pages and programs of others.',
      severity: 'error',
      from: { path: '^packages/client/src/', pathNot: TESTS },
      to: { path: '^(packages|services|infra|apps|e2e|bench|chaos)/', pathNot: '^packages/(client|contracts)/' },
    },
    {
      name: 'design-knows-nothing-of-chat',
      comment: 'How things look, apart from what they are.',
      severity: 'error',
      from: { path: '^packages/design/src/' },
      to: { path: '^(packages|services|infra|apps|e2e|bench|chaos)/', pathNot: '^packages/design/' },
    },
    {
      name: 'testkit-is-for-tests',
      comment: 'The testkit starts servers and cheats at will. Nothing that ships may lean on it.',
      severity: 'error',
      from: { pathNot: [TESTS, '^packages/testkit/', '^vitest[.]config[.]ts$'] },
      to: { path: '^packages/testkit/' },
    },
    {
      name: 'infra-starts-services-and-never-imports-them',
      comment: 'Services are processes: infra runs them, tests talk to them, neither reaches inside.',
      severity: 'error',
      from: { path: '^(infra|e2e|bench|chaos|packages|apps)/', pathNot: MEASURED_FROM },
      to: { path: '^services/' },
    },
    {
      name: 'end-to-end-tests-use-the-public-surface',
      comment: 'What a stranger could do is what these tests may do: contracts, and the testkit to start things.',
      severity: 'error',
      from: { path: '^(e2e|chaos)/' },
      to: { path: '^(services|packages|apps|infra)/', pathNot: '^packages/(contracts|client|testkit)/|^infra/local/' },
    },
    {
      name: 'measurements-start-everything-themselves',
      comment:
        'They time what a user meets, on servers that keep what they are told, which those of the tests do not. One file reaches into a service, to time the order of waiting in Redis beside others who have nothing else.',
      severity: 'error',
      from: { path: '^bench/', pathNot: MEASURED_FROM },
      to: { path: '^(services|packages|apps|infra)/', pathNot: '^(packages/contracts|infra/local)/' },
    },
    onlyFrom(
      'postgres',
      '/node_modules/(pg|@prisma/[^/]+)/|^services/session/src/generated/',
      'Postgres is reached from *-postgres.ts only, so that what decides can be read, and tested, without a database.',
    ),
    onlyFrom(
      'redis',
      '/node_modules/(ioredis|@socket[.]io/redis-adapter)/',
      'Redis is reached from *-redis.ts only: every command that can run twice is in sight of the scripts that allow it.',
    ),
    onlyFrom(
      'openai',
      '/node_modules/openai/',
      'The model is reached from *-openai.ts only; the rest speaks of turns.',
    ),
    onlyFrom(
      'openid',
      '/node_modules/openid-client/',
      'Identity providers are spoken to from *-openid.ts only; the rest knows what is proven, and no token.',
    ),
    onlyFrom(
      'nats',
      '/node_modules/(nats|@nats-io/[^/]+)/',
      'Services use NATS through the bus of runtime. What it has no word for is in a *-nats.ts; elsewhere not even a type.',
      { typesToo: true },
    ),
    {
      name: 'decisions-know-no-driver',
      comment:
        'What decides takes what it needs as arguments. Only parts lists, endpoints, reactions and other drivers may import a driver; anybody may import its types.',
      severity: 'error',
      from: { path: '^services/[^/]+/src/', pathNot: [WIRING, DRIVERS, TESTS, PRISMA_FOLDER] },
      to: { path: `^services/[^/]+/src/.*${DRIVERS}`, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no-cycles',
      comment: 'In a circle nothing can be read, tested or replaced first. Types in a circle are a circle, too.',
      severity: 'error',
      from: { pathNot: PRISMA_FOLDER },
      to: { circular: true },
    },
    {
      name: 'no-orphans',
      comment: 'A file that nobody imports and that imports nobody is dead, or is missing from a parts list.',
      severity: 'error',
      from: { orphan: true, pathNot: ['[.]d[.]ts$', TESTS, PRISMA_FOLDER, '[.]c?mjs$', '[.]config[.]ts$'] },
      to: {},
    },
    {
      name: 'no-unresolvable',
      comment: 'An import that leads nowhere fails when the process starts, or worse, later.',
      severity: 'error',
      from: { pathNot: PRISMA_FOLDER },
      to: { couldNotResolve: true },
    },
    {
      name: 'dependencies-are-declared',
      comment: "A package that is not in the importer's own package.json works until somebody else drops it.",
      severity: 'error',
      from: { path: '^(packages|services|apps|infra|e2e|bench|chaos)/', pathNot: '^infra/guards/' },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'what-ships-has-its-dependencies',
      comment: 'Images are built without devDependencies.',
      severity: 'error',
      from: { path: '^(services|packages|apps)/[^/]+/src/', pathNot: [TESTS, '^packages/testkit/'] },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^([.]turbo|[.]data)/|^[^/]+/[^/]+/(dist|coverage)/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.mjs', '.cjs', '.js', '.json'],
    },
    skipAnalysisNotInRules: true,
  },
};
