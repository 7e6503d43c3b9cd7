import type { Model } from '../flavor.js'
import type { Recommender, RecommendRequest, RecommendResponse } from '../recommender/recommendation.js'
import type { Row, ScoringInput } from '../scoring-protocol/scoring-input.js'

type Predicting = Pick<Model, 'predict'>

/** Sends one request. */
export const predict = (model: Predicting, input: ScoringInput): Promise<unknown> =>
  model.predict([{ input }])[0]!

/** Sends one row to a recommender. */
export async function recommend(model: Predicting, row: Row): Promise<RecommendResponse> {
  const [response] = (await predict(model, { dataframe_records: [row] })) as RecommendResponse[]
  return response!
}

/** Passes one request to a recommender. */
export async function recommendOne(
  recommender: Recommender,
  request: RecommendRequest,
): Promise<RecommendResponse> {
  return (await recommender.recommend([request]))[0]!
}
