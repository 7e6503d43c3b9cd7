import type { Environment } from './host.js'
import type { HttpOptions } from './http.js'

/** The variables MLflow's own clients read; empty ones count as unset. */
export function connectionFrom(env: Environment): HttpOptions {
  const token = env.MLFLOW_TRACKING_TOKEN
  const username = env.MLFLOW_TRACKING_USERNAME
  const basic = username && { username, password: env.MLFLOW_TRACKING_PASSWORD ?? '' }
  return {
    baseUrl: env.MLFLOW_TRACKING_URI || 'http://127.0.0.1:5000',
    ...(token && { token }),
    ...(basic && { basic }),
  }
}

// biome-ignore lint/style/noProcessEnv: defaults that every MLflow client takes from here; the one place that reads them
export const environment: Environment = process.env
