// @ts-nocheck: `cairn-tasks` and `@cairn/sdk` exist in the folder of a task
import { withRun } from '@cairn/sdk/run'
import { jobParameters, taskValues } from 'cairn-tasks'

const mean: number = await taskValues.get('prepare', 'mean')
await withRun({}, async (run) => {
  await run.logParams({ rows: jobParameters.rows })
  await run.logMetrics({ mean })
  process.stdout.write(`logged run ${run.id}\n`)
})
