import type { Config } from '../config.js'

/** The configured limits of calls of webhooks. */
export const webhookLimits = (config: Config) => ({
  timeoutMs: config.webhook_timeout * 1000,
  maxWorkers: config.webhook_max_workers,
  maxRetries: config.webhook_max_retries,
})
