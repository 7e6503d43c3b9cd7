import Type from 'typebox'
import { env } from './env.js'

const days = (name: string, kept: number, description: string) =>
  env(
    Type.Integer({
      default: kept,
      minimum: 0,
      maximum: 36_500,
      description: `${description}; 0 for no limit.`,
    }),
    name,
  )

/** Settings of how long rows are kept that nobody needs any more. */
export const RETENTION_SETTINGS = {
  audit_retention_days: days('CAIRN_AUDIT_RETENTION_DAYS', 365, 'Days for which audit events are kept'),
  audit_rows_per_minute: env(
    Type.Integer({
      default: 100,
      minimum: 1,
      maximum: 100_000,
      description:
        'Rows of refused and failed requests that one caller may add to the audit log in a minute, and ten times as many of counted successes; further ones share a row.',
    }),
    'CAIRN_AUDIT_ROWS_PER_MINUTE',
  ),
  token_retention_days: days(
    'CAIRN_TOKEN_RETENTION_DAYS',
    30,
    'Days for which tokens are kept after they expired or were revoked',
  ),
  task_attempt_retention_days: days(
    'CAIRN_TASK_ATTEMPT_RETENTION_DAYS',
    90,
    'Days for which the attempts of a task, with their errors, are kept after its run ended, and skipped runs',
  ),
  task_log_retention_days: days(
    'CAIRN_TASK_LOG_RETENTION_DAYS',
    90,
    'Days for which the log of a task is kept after its run ended',
  ),
}
