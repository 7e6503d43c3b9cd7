import Type from 'typebox'
import { operation } from '../operation.js'
import { VIEW_ENDPOINT } from '../rights.js'
import { Int64, Required } from '../wire.js'

const Mean = () => Type.Optional(Type.Number())

export const GetShadowStatistics = operation({
  id: 'getShadowStatistics',
  method: 'GET',
  path: '/api/cairn/v1/serving-endpoints/{name}/shadow',
  summary:
    'Compare the answers of the shadow of an endpoint with those that its clients got, in this process',
  right: VIEW_ENDPOINT,
  input: Type.Object({ name: Required() }),
  output: Type.Object({
    /** Absent if the endpoint has no shadow. */
    served_entity_name: Type.Optional(Type.String()),
    sampling_percentage: Type.Optional(Int64()),
    compared: Int64(),
    failed: Int64(),
    dropped: Int64(),
    equal_share: Mean(),
    mean_absolute_difference: Mean(),
    /** The mean share of recommended items that both answers have. */
    recommendation_overlap: Mean(),
    answer_ms: Mean(),
    shadow_ms: Mean(),
  }),
})
