import type { Privilege } from '@cairn/platform/protocol/privileges'
import type { TeamRole } from '@cairn/platform/protocol/teams'

/** The privileges that a role gets, as in the demo. */
export interface RoleGrants {
  readonly metastore: readonly Privilege[]
  readonly catalog: readonly Privilege[]
  readonly schema: readonly Privilege[]
  readonly ownsSchema?: true
}

export const ROLE_GRANTS: Readonly<Record<TeamRole, RoleGrants>> = {
  'data-engineering': {
    metastore: ['CREATE JOB', 'READ JOBS', 'RUN JOBS', 'EDIT JOBS'],
    catalog: ['USE CATALOG'],
    schema: [],
    ownsSchema: true,
  },
  modelling: {
    metastore: [
      ...(['CREATE EXPERIMENT', 'READ EXPERIMENTS', 'EDIT EXPERIMENTS'] as const),
      ...(['CREATE MODEL', 'READ MODELS', 'EDIT MODELS', 'PROMOTE MODELS', 'CREATE ENDPOINT'] as const),
      'READ JOBS',
    ],
    catalog: ['USE CATALOG'],
    schema: ['USE SCHEMA', 'SELECT'],
  },
  web: { metastore: ['VIEW ENDPOINT', 'QUERY ENDPOINT'], catalog: ['USE CATALOG'], schema: ['USE SCHEMA'] },
}

/** Members own what they create, and share it by grants. */
export const EVERYBODY_CREATES: readonly Privilege[] = [
  'CREATE EXPERIMENT',
  'CREATE MODEL',
  'CREATE JOB',
  'CREATE ENDPOINT',
  'CREATE SECRET SCOPE',
]
