import type {
  DestinationType,
  WebhookNotifications,
} from '@cairn/platform/protocol/databricks/job-notifications'
import type { JobRunRow } from '../schema.js'

export type RunEvent = Extract<
  keyof WebhookNotifications,
  'on_start' | 'on_success' | 'on_failure' | 'on_duration_warning_threshold_exceeded'
>

const SENTENCE: Readonly<Record<RunEvent, string>> = {
  on_start: 'started',
  on_success: 'succeeded',
  on_failure: 'failed',
  on_duration_warning_threshold_exceeded: 'takes longer than expected',
}

/** The body of the request: Databricks' for webhooks, a sentence for chats. */
export function bodyOf(type: DestinationType, event: RunEvent, run: JobRunRow, time: number): string {
  if (type !== 'WEBHOOK') return JSON.stringify({ text: sentenceOf(event, run) })
  return JSON.stringify({
    event_type: `jobs.${event}`,
    timestamp: new Date(time).toISOString(),
    run: {
      run_id: String(run.run_id),
      run_type: run.run_type,
      ...(run.result && { result_state: run.result }),
      ...(run.message && { message: run.message }),
    },
    ...(run.job_id !== null && { job: { job_id: String(run.job_id), name: run.run_name } }),
  })
}

function sentenceOf(event: RunEvent, { run_id, run_name, result, message }: JobRunRow): string {
  const details = [result !== 'SUCCESS' && result, message].filter(Boolean).join(': ')
  return `Run ${run_id} of ${run_name} ${SENTENCE[event]}${details ? ` (${details})` : ''}.`
}
