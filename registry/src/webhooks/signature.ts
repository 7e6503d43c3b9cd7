import { createHmac } from 'node:crypto'

export interface SignatureInput {
  readonly deliveryId: string
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly body: string
  readonly secret: string | undefined
}

/** MLflow's headers, similar to Standard Webhooks: the signature covers id, time in seconds and body. */
export function signedHeaders({ deliveryId, at, body, secret }: SignatureInput): Record<string, string> {
  const timestamp = String(Math.floor(at / 1000))
  const headers = { 'X-MLflow-Delivery-Id': deliveryId, 'X-MLflow-Timestamp': timestamp }
  if (!secret) return headers
  const signature = createHmac('sha256', secret).update(`${deliveryId}.${timestamp}.${body}`).digest('base64')
  return { ...headers, 'X-MLflow-Signature': `v1,${signature}` }
}
