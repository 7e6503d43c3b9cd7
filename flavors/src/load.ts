import { invalid } from '@cairn/platform/errors'
import { readAls } from './als/read.js'
import { AlsRecommender } from './als/recommender.js'
import { readItemWeights } from './item-weights/artifact.js'
import { itemWeightsRecommender } from './item-weights/recommender.js'
import { readMarkov } from './markov/artifact.js'
import { markovRecommender } from './markov/recommender.js'
import { type FlavorConfig, type Mlmodel, parseMlmodel } from './mlmodel.js'
import { readModelFile } from './model-folder.js'
import { readPopularity } from './popularity/artifact.js'
import { PopularityRecommender } from './popularity/recommender.js'
import {
  parseRequest,
  type RecommendAnswer,
  type Recommender,
  type RecommendRequest,
} from './recommendation.js'
import type { Row, ScoringInput } from './scoring-input.js'
import type { Signature } from './signature.js'

/** A model that answers. */
export interface ServableModel {
  readonly flavor: string
  readonly signature: Signature | undefined
  readonly mlmodel: Mlmodel
  /** One prediction for each row. @throws INVALID_PARAMETER_VALUE naming the field of a row that is wrong. */
  predict(rows: readonly Row[]): Promise<readonly unknown[]>
  /** Of models of tables and tensors: the answer to a whole request, as `mlflow.pyfunc` gives it. */
  readonly invoke?: (input: ScoringInput) => Promise<unknown>
  /** Of recommenders: `predict` for one checked request. */
  readonly recommend?: (request: RecommendRequest) => Promise<RecommendAnswer>
  /** Frees threads and sessions. */
  close?(): Promise<void>
}

/** A model of tables and tensors. */
export interface Predictor {
  invoke(input: ScoringInput): Promise<unknown>
  /** Frees threads and sessions. */
  close?(): Promise<void>
}

type Loader = (folder: string, mlmodel: Mlmodel) => Promise<Recommender | Predictor>

/** In the order of preference when a model has several flavors. What brings a runtime along is loaded when needed. */
const LOADERS: Readonly<Record<string, Loader>> = {
  als: async (folder) => new AlsRecommender(await readAls(folder)),
  'item-weights': async (folder) => itemWeightsRecommender(await readItemWeights(folder)),
  markov: async (folder) => markovRecommender(await readMarkov(folder)),
  popularity: async (folder) => new PopularityRecommender(await readPopularity(folder)),
  'two-stage': async (folder) => (await import('./two-stage/recommender.js')).loadTwoStage(folder),
  fusion: async (folder) => (await import('./fusion/recommender.js')).loadFusion(folder),
  sequence: async (folder) => (await import('./sequence/recommender.js')).loadSequence(folder),
  xgboost: async (folder, mlmodel) =>
    (await import('./xgboost/predictor.js')).readXgboostPredictor(folder, mlmodel),
  onnx: async (folder, mlmodel) => (await import('./onnx/model.js')).readOnnx(folder, mlmodel),
}

/**
 * Loads the model of a folder by the first flavor in its MLmodel that is ours. Nothing of the model is executed.
 *
 * @throws INVALID_PARAMETER_VALUE for a broken model, and for one that only Python can load, with what to do instead.
 */
export async function loadModel(folder: string): Promise<ServableModel> {
  const mlmodel = parseMlmodel((await readModelFile(folder, 'MLmodel', 1 << 20)).toString('utf8'))
  const flavor = Object.keys(LOADERS).find((name) => Object.hasOwn(mlmodel.flavors, name))
  if (flavor === undefined) throw invalid(adviceFor(mlmodel))
  const loaded = await LOADERS[flavor]!(folder, mlmodel)
  return {
    flavor,
    signature: mlmodel.signature,
    mlmodel,
    ...('invoke' in loaded ? predicting(loaded) : recommending(loaded)),
    ...(loaded.close && { close: () => loaded.close!() }),
  }
}

type Answering = Pick<ServableModel, 'predict' | 'invoke' | 'recommend'>

const predicting = (predictor: Predictor): Answering => ({
  predict: async (rows) => (await predictor.invoke({ dataframe_records: rows })) as unknown[],
  invoke: (input) => predictor.invoke(input),
})

const recommending = (recommender: Recommender): Answering => ({
  async predict(rows) {
    const answers: RecommendAnswer[] = []
    for (const row of rows) answers.push(await recommender.recommend(parseRequest(row)))
    return answers
  },
  recommend: async (request) => recommender.recommend(request),
})

function adviceFor(mlmodel: Mlmodel): string {
  const names = Object.keys(mlmodel.flavors)
  const pickled = names.find((name) => isPickled(name, mlmodel.flavors[name]!))
  if (pickled)
    return (
      `The model's flavor '${pickled}' is stored as a pickle, and loading a pickle executes whatever is in it, so it is ` +
      'never loaded here. Log the model as ONNX (for scikit-learn: skl2onnx, then mlflow.onnx.log_model) or in its own ' +
      'format (mlflow.xgboost.log_model).'
    )
  return `No flavor of this model (${names.join(', ')}) is served here; served are ${Object.keys(LOADERS).join(', ')}`
}

/** Flavors that MLflow writes with pickle or cloudpickle, unless they say otherwise. */
const PICKLED_BY_DEFAULT = new Set(['sklearn', 'statsmodels', 'pytorch', 'langchain', 'dspy'])

function isPickled(name: string, config: FlavorConfig): boolean {
  const format = config.serialization_format
  if (typeof format === 'string') return /pickle/.test(format)
  const pickleKeys = ['pickled_model', 'python_model', 'pickle_module', 'cloudpickle_version']
  return (
    PICKLED_BY_DEFAULT.has(name) ||
    pickleKeys.some((key) => config[key] !== undefined && config[key] !== null)
  )
}
