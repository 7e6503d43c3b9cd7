/** `npm run bench -- ials --data PATH …`, `npm run bench -- tracking --python VENV/bin/python`. */
const BENCHES: Readonly<Record<string, () => Promise<unknown>>> = {
  artifacts: () => import('./artifacts.js'),
  bert4rec: () => import('./bert4rec.js'),
  boosting: () => import('./boosting.js'),
  ease: () => import('./ease.js'),
  ials: () => import('./ials.js'),
  large: () => import('./large.js'),
  ranking: () => import('./ranking.js'),
  'sequence-serving': () => import('./sequence-serving.js'),
  tracking: () => import('./tracking.js'),
  'xgboost-scoring': () => import('./xgboost-scoring.js'),
}

process.env.ORT_DISABLE_TELEMETRY ??= '1' // as the command does

const [name = ''] = process.argv.splice(2, 1)
const bench = BENCHES[name]
if (!bench) {
  console.error(`Name a benchmark: ${Object.keys(BENCHES).join(', ')}. Options follow it.`)
  process.exit(2)
}
await bench()
