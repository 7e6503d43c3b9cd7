import { ApiError } from '@cairn/platform/errors'
import type { Client } from '@cairn/platform/protocol/client'
import type { JobSettings } from '@cairn/platform/protocol/databricks/jobs'
import { CreateExperiment, GetExperimentByName } from '@cairn/platform/protocol/mlflow/experiments'

/** The tag of a job with the name of the experiment in which its tasks log. */
const EXPERIMENT_TAG = 'cairn.experiment'

interface JobAndClient {
  readonly job: JobSettings
  readonly client: Client
}

/** The id of the job's experiment, which is created with the rights of the task's principal; undefined without the tag. */
export async function experimentOf({ job, client }: JobAndClient): Promise<string | undefined> {
  const name = job.tags?.[EXPERIMENT_TAG]
  if (!name) return undefined
  const find = async () =>
    (await client(GetExperimentByName, { experiment_name: name })).experiment.experiment_id
  return find().catch(async (error) => {
    if (!(error instanceof ApiError) || error.code !== 'RESOURCE_DOES_NOT_EXIST') throw error
    return client(CreateExperiment, { name }).then(
      ({ experiment_id }) => experiment_id,
      (refusal) =>
        // Another task of the run may have created it first.
        find().catch(() => {
          throw refusal
        }),
    )
  })
}
