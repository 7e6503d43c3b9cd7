import type { RunState, RunStatus } from '@cairn/platform/protocol/databricks/job-runs'
import type { Static } from 'typebox'
import type { JobRunRow, RunResult, RunStateName, TaskResult, TaskRunRow, TaskStateName } from '../schema.js'

type StateRow =
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

/** Databricks' termination codes and types. */
const TERMINATION: Record<RunResult | TaskResult, readonly [code: string, type: string]> = {
  SUCCESS: ['SUCCESS', 'SUCCESS'],
  SUCCESS_WITH_FAILURES: ['SUCCESS_WITH_FAILURES', 'SUCCESS'],
  FAILED: ['RUN_EXECUTION_ERROR', 'CLIENT_ERROR'],
  // The platform canceled it.
  TIMEDOUT: ['CANCELED', 'CLIENT_ERROR'],
  CANCELED: ['USER_CANCELED', 'CLIENT_ERROR'],
  UPSTREAM_FAILED: ['SKIPPED', 'CLIENT_ERROR'],
  UPSTREAM_CANCELED: ['CANCELED', 'CLIENT_ERROR'],
  EXCLUDED: ['SKIPPED', 'SUCCESS'],
  DISABLED: ['SKIPPED', 'SUCCESS'],
  PRUNED: ['CANCELED', 'SUCCESS'],
  MAXIMUM_CONCURRENT_RUNS_REACHED: ['MAX_CONCURRENT_RUNS_EXCEEDED', 'CLIENT_ERROR'],
}

/** Renders the state of a run or task for API 2.2 (`status`) and for earlier versions (`state`). */
export function renderRunState({ state, result, message }: StateRow): {
  state: Static<typeof RunState>
  status: Static<typeof RunStatus>
} {
  const skipped = result === 'EXCLUDED' || result === 'DISABLED' || result?.startsWith('UPSTREAM_')
  return {
    state: {
      life_cycle_state: skipped ? 'SKIPPED' : LIFE_CYCLE[state],
      // Databricks has no word for a pruned trial.
      ...(result && { result_state: result === 'PRUNED' ? 'CANCELED' : result }),
      state_message: message,
      user_cancelled_or_timedout: result === 'CANCELED' || result === 'TIMEDOUT',
    },
    status: {
      state: STATUS[state],
      ...(result && {
        termination_details: { code: TERMINATION[result][0], type: TERMINATION[result][1], message },
      }),
      ...(state === 'QUEUED' && {
        queue_details: {
          code: 'MAX_CONCURRENT_RUNS_REACHED',
          message: 'Waiting for another run of this job to end.',
        },
      }),
    },
  }
}
