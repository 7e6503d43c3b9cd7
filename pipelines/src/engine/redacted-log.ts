import type { Redactor } from '@cairn/platform/secrets/redactor'
import type { TaskLogger } from './task.js'

export const redactedLog = (log: TaskLogger, redactor: Redactor): TaskLogger => ({
  info: (message) => log.info(redactor.redact(message)),
  warn: (message) => log.warn(redactor.redact(message)),
  error: (message) => log.error(redactor.redact(message)),
})
