import { send } from './http.js'

/** Returns whether the server is healthy, for the mark in the top bar. @throws RequestError if it is not */
export const getHealth = async (signal?: AbortSignal) => {
  await send('health', signal ? { signal } : {})
  return true
}
