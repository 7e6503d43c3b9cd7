import Type from 'typebox'
import { operation } from '../operation.js'
import { MANAGE_ENDPOINT } from '../rights.js'
import { Required } from '../wire.js'

const SERVED_MODEL = '/api/2.0/serving-endpoints/{name}/served-models/{served_model_name}'

/** The right to read logs, which the right to query does not include, because they show what models print about requests. */
const ServedModelLogs = {
  method: 'GET',
  right: MANAGE_ENDPOINT,
  input: Type.Object({ name: Required(), served_model_name: Required() }),
  output: Type.Object({ logs: Type.String() }),
} as const

export const GetServedModelLogs = operation({
  ...ServedModelLogs,
  id: 'getServedModelLogs',
  path: `${SERVED_MODEL}/logs`,
  summary: 'Get the recent log of a served entity in the process that responds',
})

export const GetServedModelBuildLogs = operation({
  ...ServedModelLogs,
  id: 'getServedModelBuildLogs',
  path: `${SERVED_MODEL}/build-logs`,
  summary: 'Get the log of the last deployment of a served entity',
})
