import { invalid } from '@cairn/platform/errors'
import { defineEngineKind } from './engine-kind.js'

/** A run of another job, whose end the task waits for. */
export const runJobKind = defineEngineKind({
  name: 'run_job_task',
  check({ job_id: _job, job_parameters: _parameters, ...others }, { where }) {
    const [other] = Object.entries(others).find(([, value]) => value !== undefined) ?? []
    if (other !== undefined) throw invalid(`${where}.${other} is not supported; pass job_parameters.`)
  },
})
