import type { HttpOptions } from '../http.js'
import type { Environment } from './host.js'

/** Reads the connection from the variables of MLflow's own clients; empty ones count as unset. */
export function readConnection(env: Environment): HttpOptions {
  const token = env.MLFLOW_TRACKING_TOKEN
  const { baseUrl, ...inUrl } = splitCredentials(env.MLFLOW_TRACKING_URI || 'http://127.0.0.1:5000')
  const username = env.MLFLOW_TRACKING_USERNAME
  const basic = username ? { username, password: env.MLFLOW_TRACKING_PASSWORD ?? '' } : inUrl.basic
  return {
    baseUrl,
    ...(token && { token }),
    ...(basic && { basic }),
  }
}

/** Splits `http://user:password@host`, as `fetch` rejects URLs with credentials. */
function splitCredentials(address: string): Pick<HttpOptions, 'baseUrl' | 'basic'> {
  const url = URL.canParse(address) ? new URL(address) : undefined
  if (!url?.username) return { baseUrl: address }
  const basic = { username: decodeURIComponent(url.username), password: decodeURIComponent(url.password) }
  url.username = ''
  url.password = ''
  return { baseUrl: url.href, basic }
}

// biome-ignore lint/style/noProcessEnv: the only place of this package that reads environment variables
export const environment: Environment = process.env
