import { ApiError } from '@cairn/platform/errors'
import { QueryServingEndpoint } from '@cairn/platform/protocol/serving-endpoints'
import Type from 'typebox'
import { defineTask } from '../../engine/task.js'

interface Answer {
  readonly recommendations?: readonly { readonly item_id: number | string; readonly title?: string }[]
}

/** Asks the endpoint as the web client does. */
export const recommend = defineTask({
  entry: 'models/recommend',
  parameters: Type.Object({
    endpoint: Type.String(),
    history: Type.Array(Type.Union([Type.Integer(), Type.String()])),
    k: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
  }),
  async run({ client, parameters: { endpoint, history, k = 10 }, log }) {
    const question = { history, k, filter_seen: true }
    const { predictions } = await client(QueryServingEndpoint, {
      name: endpoint,
      dataframe_records: [question],
    })
    const [{ recommendations = [] } = {}] = predictions as readonly Answer[]
    if (recommendations.length === 0)
      throw new ApiError(
        'FAILED_PRECONDITION',
        `Endpoint '${endpoint}' recommends nothing for ${history.join(', ')}`,
      )
    for (const [place, { item_id, title }] of recommendations.entries())
      log.info(`${place + 1}. ${title ?? item_id}`)
    return { recommendations }
  },
})
