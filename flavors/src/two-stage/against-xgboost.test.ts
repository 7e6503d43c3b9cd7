import { execFileSync } from 'node:child_process'
import { newFolder } from '@cairn/platform/testing/folders'
import { expect, test } from 'vitest'
import { randomNumbers } from '../testing/als-model.js'
import { aTwoStageModel } from '../testing/two-stage-model.js'
import { writeFolder } from '../testing/write-folder.js'
import { XgboostScorer } from '../xgboost/scorer.js'
import { twoStageFiles } from './artifact.js'

const python = process.env.TEST_PYTHON
const why = hasXgboost() ? '' : ' (skipped: TEST_PYTHON names no Python with xgboost and mlflow)'

function hasXgboost(): boolean {
  if (!python) return false
  try {
    execFileSync(
      python,
      ['-c', 'from importlib.util import find_spec as f; assert f("xgboost") and f("mlflow")'],
      {
        stdio: 'ignore',
      },
    )
    return true
  } catch {
    return false
  }
}

const SCRIPT = `
import json, sys
import mlflow.xgboost, xgboost
booster = mlflow.xgboost.load_model(sys.argv[1])
rows = json.loads(sys.stdin.read(), parse_constant=float)
matrix = xgboost.DMatrix(rows, feature_names=booster.feature_names)
margins = booster.predict(matrix, output_margin=True)
print(json.dumps({'names': booster.feature_names, 'margins': [float(one) for one in margins]}))
`

test.skipIf(why)(
  `mlflow loads the trees of a ranker, with the same margins${why}`,
  { timeout: 180_000 },
  async () => {
    const model = aTwoStageModel()
    const folder = newFolder()
    await writeFolder(folder, twoStageFiles(model))
    const random = randomNumbers(3)
    const { features, featureNames } = model.booster
    const rows = Array.from({ length: 50 }, () =>
      Array.from({ length: features }, () => (random() < 0.2 ? Number.NaN : Math.fround(random() * 6 - 3))),
    )
    const input = `[${rows.map((row) => `[${row.join()}]`).join()}]`
    const out = execFileSync(python!, ['-c', SCRIPT, folder], { encoding: 'utf8', input })
    const answer = JSON.parse(out.trim().split('\n').at(-1)!) as { names: string[]; margins: number[] }
    expect(answer.names).toEqual(featureNames)
    expect(answer.margins.map(Math.fround)).toEqual([
      ...new XgboostScorer(model.booster).margins(rows.flat()),
    ])
  },
)
