import type { TeamRole } from '@cairn/platform/protocol/cairn/teams'
import type { Privilege } from '@cairn/platform/protocol/privileges'

/** The privileges of a role, as in the demo. */
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

/** Privileges of all principals if members may create objects, which they own and share by grants. */
export const EVERYBODY_CREATES: readonly Privilege[] = [
  'CREATE EXPERIMENT',
  'CREATE MODEL',
  'CREATE JOB',
  'CREATE ENDPOINT',
  'CREATE SECRET SCOPE',
]
