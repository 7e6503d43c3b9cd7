/** The benchmarks by name: `npm run bench -- ials --data PATH`. */
const BENCHES: Readonly<Record<string, () => Promise<unknown>>> = {
  artifacts: () => import('./artifacts.js'),
  audit: () => import('./audit.js'),
  bert4rec: () => import('./bert4rec.js'),
  boosting: () => import('./boosting.js'),
  console: () => import('./console.js'),
  ease: () => import('./ease.js'),
  endpoints: () => import('./endpoints.js'),
  flow: () => import('./flow.js'),
  ials: () => import('./ials.js'),
  large: () => import('./large.js'),
  'open-inference': () => import('./open-inference.js'),
  ranking: () => import('./ranking.js'),
  recommendation: () => import('./recommendation.js'),
  'sequence-serving': () => import('./sequence-serving.js'),
  serving: () => import('./serving.js'),
  'sign-in': () => import('./sign-in.js'),
  tracking: () => import('./tracking.js'),
  'xgboost-scoring': () => import('./xgboost-scoring.js'),
}

process.env.ORT_DISABLE_TELEMETRY ??= '1' // like the command

const [name = ''] = process.argv.splice(2, 1)
const bench = BENCHES[name]
if (!bench) {
  console.error(
    `Usage: npm run bench -- NAME [OPTIONS]; NAME is ${Object.keys(BENCHES).join(', ')}. bench/README.md describes them.`,
  )
  process.exit(2)
}
await bench()
