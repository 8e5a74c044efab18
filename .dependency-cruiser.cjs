/**
 * The import rules: the tree is the architecture. Each folder may import itself and the folders in its row.
 * Debt (allowed today, to be removed): none.
 */
const allowed = {
  core: [],
  gpu: ['core'],
  bench: ['core', 'gpu'],
  engine: ['core', 'gpu'],
  runtime: ['core', 'gpu', 'engine'],
  workers: ['core', 'gpu', 'bench', 'engine', 'runtime'],
  platform: ['core'],
  playground: ['core', 'workers', 'platform'],
  ui: ['core', 'playground', 'platform'],
  app: ['core', 'playground', 'platform', 'ui'],
};

const layer = (folder) => ({
  name: `${folder}-imports`,
  comment: `src/${folder} may import only: ${[folder, ...allowed[folder]].join(', ')}. Move the code, or pass it in.`,
  severity: 'error',
  from: { path: `^src/${folder}/`, pathNot: '[.]test[.]tsx?$' },
  to: { path: '^src/', pathNot: `^src/(${[folder, ...allowed[folder]].join('|')})/` },
});

module.exports = {
  forbidden: [
    ...Object.keys(allowed).map(layer),
    {
      name: 'fixtures-are-for-tests',
      comment: 'src/fixtures is for tests: the product must not carry them.',
      severity: 'error',
      from: { path: '^src/', pathNot: '[.]test[.]tsx?$|^src/fixtures/' },
      to: { path: '^src/fixtures/' },
    },
    {
      name: 'no-circular',
      comment: 'A cycle hides the direction of a dependency. Split the shared type out.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'worker-api-only',
      comment:
        'Clients and use cases see a worker through its .api and .client files; the core stays in the worker.',
      severity: 'error',
      from: { path: '^src/(playground|ui|app|platform)/|[.]client[.]ts$', pathNot: '[.]test[.]ts$' },
      to: { path: '^src/workers/.*[.](core|worker)[.]ts$', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'protobuf-only-in-onnx',
      comment: 'core/onnx is the only place that knows protobuf; test models may be made from it.',
      severity: 'error',
      from: { pathNot: '^src/(core/onnx|fixtures)/' },
      to: { path: 'node_modules/(onnx-buf|@bufbuild)' },
    },
    {
      name: 'screens-are-islands',
      comment: 'A screen never imports another screen: lift what is shared to ui/components or ui/charts.',
      severity: 'error',
      from: { path: '^src/ui/screens/([^/]+)/' },
      to: { path: '^src/ui/screens/([^/]+)/', pathNot: '^src/ui/screens/$1/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    exclude: { path: 'src/bench/wasm/assembly' },
  },
};
