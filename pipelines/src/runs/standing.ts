import type { RunState, RunStatus } from '@cairn/platform/protocol/job-runs'
import type { Static } from 'typebox'
import type { JobRunRow, RunResult, RunStateName, TaskResult, TaskRunRow, TaskStateName } from '../schema.js'

type Standing =
  | Pick<JobRunRow, 'state' | 'result' | 'message'>
  | Pick<TaskRunRow, 'state' | 'result' | 'message'>

const LIFE_CYCLE: Record<RunStateName | TaskStateName, string> = {
  BLOCKED: 'BLOCKED',
  QUEUED: 'QUEUED',
  RUNNING: 'RUNNING',
  WAITING_FOR_RETRY: 'WAITING_FOR_RETRY',
  TERMINATING: 'TERMINATING',
  TERMINATED: 'TERMINATED',
  SKIPPED: 'SKIPPED',
}

const STATUS: Record<RunStateName | TaskStateName, string> = {
  ...LIFE_CYCLE,
  WAITING_FOR_RETRY: 'WAITING',
  SKIPPED: 'TERMINATED',
}

/** Databricks' termination codes, each with whose fault it is. */
const TERMINATION: Record<RunResult | TaskResult, readonly [code: string, type: string]> = {
  SUCCESS: ['SUCCESS', 'SUCCESS'],
  SUCCESS_WITH_FAILURES: ['SUCCESS_WITH_FAILURES', 'SUCCESS'],
  FAILED: ['RUN_EXECUTION_ERROR', 'CLIENT_ERROR'],
  TIMEDOUT: ['RUN_EXECUTION_ERROR', 'CLIENT_ERROR'],
  CANCELED: ['USER_CANCELED', 'CLIENT_ERROR'],
  UPSTREAM_FAILED: ['SKIPPED', 'CLIENT_ERROR'],
  UPSTREAM_CANCELED: ['CANCELED', 'CLIENT_ERROR'],
  EXCLUDED: ['SKIPPED', 'SUCCESS'],
  DISABLED: ['SKIPPED', 'SUCCESS'],
  MAXIMUM_CONCURRENT_RUNS_REACHED: ['MAX_CONCURRENT_RUNS_EXCEEDED', 'CLIENT_ERROR'],
}

/** Where a run or a task stands, in the words of 2.2 (`status`) and of before (`state`). */
export function renderStanding({ state, result, message }: Standing): {
  state: Static<typeof RunState>
  status: Static<typeof RunStatus>
} {
  const skipped = result === 'EXCLUDED' || result === 'DISABLED' || result?.startsWith('UPSTREAM_')
  return {
    state: {
      life_cycle_state: skipped ? 'SKIPPED' : LIFE_CYCLE[state],
      ...(result && { result_state: result }),
      state_message: message,
      user_cancelled_or_timedout: result === 'CANCELED' || result === 'TIMEDOUT',
    },
    status: {
      state: STATUS[state],
      ...(result && {
        termination_details: { code: TERMINATION[result][0], type: TERMINATION[result][1], message },
      }),
      ...(state === 'QUEUED' && {
        queue_details: { code: 'MAX_CONCURRENT_RUNS_REACHED', message: 'Waits for its turn.' },
      }),
    },
  }
}
