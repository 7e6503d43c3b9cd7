import type { ModelRequest, Predictor } from '../flavor.js'
import { dataFileOf, type Mlmodel } from '../mlmodel/mlmodel.js'
import { readModelFile } from '../mlmodel/model-folder.js'
import type { Signature } from '../mlmodel/signature.js'
import { parseInput, toFrame } from '../scoring-protocol/model-input.js'
import type { ScoringInput } from '../scoring-protocol/scoring-input.js'
import { FeatureTable } from './feature-table.js'
import { type ModelClass, parseModelClass, predictAs } from './model-class.js'
import { NumericSplit } from './numeric-split.js'
import { readXgboost } from './read.js'
import { XgboostScorer } from './scorer.js'

/** A larger JSON text does not fit into a string. */
const MAX_BYTES = 2 ** 30

/** A model of MLflow's flavor `xgboost` with the requests and responses of its pyfunc. */
export class XgboostPredictor implements Predictor {
  readonly #scorer: XgboostScorer
  readonly #class: ModelClass
  readonly #table: FeatureTable
  readonly #plain: NumericSplit
  readonly #signature: Signature | undefined

  constructor(scorer: XgboostScorer, modelClass: ModelClass, signature?: Signature) {
    this.#scorer = scorer
    this.#class = modelClass
    // In Python, a Booster predicts through DMatrix, which rejects infinite values; wrappers predict in place.
    this.#table = new FeatureTable(scorer.model, !modelClass.isBooster)
    this.#plain = new NumericSplit(scorer.model, signature)
    this.#signature = signature
  }

  /** @throws INVALID_PARAMETER_VALUE naming the invalid input */
  invoke({ input }: ModelRequest): unknown[] {
    return predictAs(this.#class, this.#scorer, this.#plain.read(input) ?? this.#read(input))
  }

  #read(input: ScoringInput): Float32Array {
    const parsed = parseInput(input, this.#signature)
    return this.#table.toMatrix(toFrame(parsed), parsed.kind !== 'array')
  }
}

/** @throws INVALID_PARAMETER_VALUE for an unsupported or broken model, with the reason */
export async function readXgboostPredictor(
  folder: string,
  { flavors, signature }: Mlmodel,
): Promise<XgboostPredictor> {
  const config = flavors.xgboost!
  const modelClass = parseModelClass(config.model_class)
  const file = dataFileOf(config, 'xgboost')
  const model = readXgboost(await readModelFile(folder, file, MAX_BYTES), file)
  return new XgboostPredictor(new XgboostScorer(model), modelClass, signature)
}
