import type { Redactor } from '@cairn/platform/secrets/redactor'
import type { AttemptLogger } from '../task-kinds/task.js'

/** Wraps a log so that secrets in its messages are redacted. */
export const redactedLog = (log: AttemptLogger, redactor: Redactor): AttemptLogger => ({
  setup: (message) => log.setup(redactor.redact(message)),
  info: (message) => log.info(redactor.redact(message)),
  warn: (message) => log.warn(redactor.redact(message)),
  error: (message) => log.error(redactor.redact(message)),
})
