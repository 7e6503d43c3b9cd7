import type { TestResponse, TrackingApp } from './tracking-app.js'

export type SendV3 = (
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
  path: string,
  body?: object,
) => Promise<TestResponse>

/** Returns helpers for requests below `/api/3.0/mlflow`. */
export function v3Client({ app }: TrackingApp): SendV3 {
  return async (method, path, body) => {
    const url = `/api/3.0/mlflow/${path}`
    const response = await app.inject({ method, url, ...(body && { payload: body }) })
    return { status: response.statusCode, body: response.json() }
  }
}
