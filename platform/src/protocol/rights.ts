/** Rights on the whole workspace that operations of several nouns require. */
const onMetastore = <const Name extends string>(privilege: Name) => ({ privilege, on: 'metastore' }) as const

/** On the experiments that the input names; see `ObjectRight`. */
export const READ_EXPERIMENTS = { privilege: 'READ EXPERIMENTS', on: 'experiment' } as const
export const EDIT_EXPERIMENTS = { privilege: 'EDIT EXPERIMENTS', on: 'experiment' } as const
/** Whoever edits all experiments may also delete them. */
export const MANAGE_EXPERIMENT = {
  privilege: 'MANAGE',
  on: 'experiment',
  orEverywhere: 'EDIT EXPERIMENTS',
} as const
export const CREATE_EXPERIMENT = onMetastore('CREATE EXPERIMENT')
export const READ_ALL_EXPERIMENTS = onMetastore('READ EXPERIMENTS')
export const EDIT_ALL_EXPERIMENTS = onMetastore('EDIT EXPERIMENTS')
export const READ_MODELS = onMetastore('READ MODELS')
export const EDIT_MODELS = onMetastore('EDIT MODELS')
export const READ_JOBS = onMetastore('READ JOBS')
export const RUN_JOBS = onMetastore('RUN JOBS')

const onEndpoint = <const Name extends string>(privilege: Name) =>
  ({ privilege, on: 'serving_endpoint' }) as const

export const VIEW_ENDPOINT = onEndpoint('VIEW ENDPOINT')
export const MANAGE_ENDPOINT = onEndpoint('MANAGE')
