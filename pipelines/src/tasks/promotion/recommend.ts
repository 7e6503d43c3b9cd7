import { ApiError } from '@cairn/platform/errors'
import { QueryServingEndpoint } from '@cairn/platform/protocol/databricks/serving-endpoints'
import Type from 'typebox'
import { defineTask } from '../../task-kinds/task.js'

interface Prediction {
  readonly recommendations?: readonly { readonly item_id: number | string; readonly title?: string }[]
}

/** Queries the endpoint like the web client. */
export const recommendTask = defineTask({
  entry: 'models/recommend',
  parameters: Type.Object({
    endpoint: Type.String(),
    history: Type.Array(Type.Union([Type.Integer(), Type.String()])),
    k: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
  }),
  async run({ client, parameters: { endpoint, history, k = 10 }, log }) {
    const query = { history, k, filter_seen: true }
    const { predictions } = await client(QueryServingEndpoint, {
      name: endpoint,
      dataframe_records: [query],
    })
    const [{ recommendations = [] } = {}] = predictions as readonly Prediction[]
    if (recommendations.length === 0)
      throw new ApiError(
        'FAILED_PRECONDITION',
        `Endpoint '${endpoint}' returned no recommendations for ${history.join(', ')}.`,
      )
    for (const [index, { item_id, title }] of recommendations.entries())
      log.info(`${index + 1}. ${title ?? item_id}`)
    return { recommendations }
  },
})
