import { queryString } from './call.js'
import { send } from './http.js'

/** The text of a file of a model version. Files are streamed by raw routes, which are not operations. */
export const getVersionFile = async (name: string, version: string, path: string, signal?: AbortSignal) =>
  (
    await send(`model-versions/get-artifact${queryString({ name, version, path })}`, signal ? { signal } : {})
  ).text()
