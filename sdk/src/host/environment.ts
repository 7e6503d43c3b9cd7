import type { HttpOptions } from '../http.js'
import type { Environment } from './host.js'

/** The variables MLflow's own clients read; empty ones count as unset. */
export function connectionFrom(env: Environment): HttpOptions {
  const token = env.MLFLOW_TRACKING_TOKEN
  const { baseUrl, ...own } = parted(env.MLFLOW_TRACKING_URI || 'http://127.0.0.1:5000')
  const username = env.MLFLOW_TRACKING_USERNAME
  const basic = username ? { username, password: env.MLFLOW_TRACKING_PASSWORD ?? '' } : own.basic
  return {
    baseUrl,
    ...(token && { token }),
    ...(basic && { basic }),
  }
}

/** `http://user:password@host` apart: `fetch` takes no credentials in an address. */
function parted(address: string): Pick<HttpOptions, 'baseUrl' | 'basic'> {
  const url = URL.canParse(address) ? new URL(address) : undefined
  if (!url?.username) return { baseUrl: address }
  const basic = { username: decodeURIComponent(url.username), password: decodeURIComponent(url.password) }
  url.username = ''
  url.password = ''
  return { baseUrl: url.href, basic }
}

// biome-ignore lint/style/noProcessEnv: defaults that every MLflow client takes from here; the one place that reads them
export const environment: Environment = process.env
