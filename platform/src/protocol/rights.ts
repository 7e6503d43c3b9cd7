/** Rights on the whole workspace that operations of several nouns require. */
const onMetastore = <const Name extends string>(privilege: Name) => ({ privilege, on: 'metastore' }) as const

/** Rights on the experiments that the input names; see `ObjectRight`. */
export const READ_EXPERIMENTS = { privilege: 'READ EXPERIMENTS', on: 'experiment' } as const
export const EDIT_EXPERIMENTS = { privilege: 'EDIT EXPERIMENTS', on: 'experiment' } as const
/** The right to delete. A principal that may edit all experiments may also delete them. */
export const MANAGE_EXPERIMENT = {
  privilege: 'MANAGE',
  on: 'experiment',
  orEverywhere: 'EDIT EXPERIMENTS',
} as const
export const CREATE_EXPERIMENT = onMetastore('CREATE EXPERIMENT')
export const READ_ALL_EXPERIMENTS = onMetastore('READ EXPERIMENTS')
export const EDIT_ALL_EXPERIMENTS = onMetastore('EDIT EXPERIMENTS')

/** Rights on the registered models that the input names. */
export const READ_MODELS = { privilege: 'READ MODELS', on: 'registered_model' } as const
export const EDIT_MODELS = { privilege: 'EDIT MODELS', on: 'registered_model' } as const
export const PROMOTE_MODELS = { privilege: 'PROMOTE MODELS', on: 'registered_model' } as const
export const MANAGE_MODEL = {
  privilege: 'MANAGE',
  on: 'registered_model',
  orEverywhere: 'EDIT MODELS',
} as const
export const CREATE_MODEL = onMetastore('CREATE MODEL')
export const READ_ALL_MODELS = { ...onMetastore('READ MODELS'), ofAll: 'registered_model' } as const

/** Rights on the jobs, or the jobs of the runs, that the input names. A one-time run is its own job. */
export const READ_JOBS = { privilege: 'READ JOBS', on: 'job' } as const
export const RUN_JOBS = { privilege: 'RUN JOBS', on: 'job' } as const
export const EDIT_JOBS = { privilege: 'EDIT JOBS', on: 'job' } as const
export const MANAGE_JOB = { privilege: 'MANAGE', on: 'job', orEverywhere: 'EDIT JOBS' } as const
export const CREATE_JOB = onMetastore('CREATE JOB')

/** Rights on the serving endpoint that the input names. */
const onEndpoint = <const Name extends string>(privilege: Name) =>
  ({ privilege, on: 'serving_endpoint' }) as const

export const VIEW_ENDPOINT = onEndpoint('VIEW ENDPOINT')
export const QUERY_ENDPOINT = onEndpoint('QUERY ENDPOINT')
export const MANAGE_ENDPOINT = onEndpoint('MANAGE')
