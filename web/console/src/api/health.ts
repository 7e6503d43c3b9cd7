import { send } from './http.js'

/** Returns true if the server is healthy. @throws RequestError if it is not */
export const getHealth = async (signal?: AbortSignal) => {
  await send('health', signal ? { signal } : {})
  return true
}
