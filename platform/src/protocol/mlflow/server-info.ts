import Type from 'typebox'
import { operation } from '../operation.js'

/** The release of MLflow whose protocol the server implements. Clients compare it with their own. */
export const MLFLOW_VERSION = '3.11.2'

/** MLflow's clients and UI send this first, to learn whether the server has workspaces. */
export const GetServerInfo = operation({
  id: 'getServerInfo',
  method: 'GET',
  path: '/api/3.0/mlflow/server-info',
  summary: 'Get the kind of store of the server',
  right: 'anyone',
  input: Type.Object({}),
  output: Type.Object({ store_type: Type.String(), workspaces_enabled: Type.Boolean() }),
})
