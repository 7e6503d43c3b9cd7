import type { Privilege } from '@cairn/platform/protocol/privileges'
import type { ObjectKind } from '../api/permissions.js'

interface Level {
  readonly level: LevelName
  /** The privilege that the level has and lower levels lack. */
  readonly privilege: Privilege
}

export type LevelName =
  | 'CAN_READ'
  | 'CAN_EDIT'
  | 'CAN_VIEW'
  | 'CAN_QUERY'
  | 'CAN_MANAGE_RUN'
  | 'CAN_MANAGE_PRODUCTION_VERSIONS'
  | 'CAN_MANAGE'
  | 'DENY'

/** Databricks' permission levels, the lowest first. Levels with the same rights are listed once. */
export const LEVELS: Readonly<Record<ObjectKind, readonly Level[]>> = {
  experiment: [
    { level: 'CAN_READ', privilege: 'READ EXPERIMENTS' },
    { level: 'CAN_EDIT', privilege: 'EDIT EXPERIMENTS' },
    { level: 'CAN_MANAGE', privilege: 'MANAGE' },
  ],
  registered_model: [
    { level: 'CAN_READ', privilege: 'READ MODELS' },
    { level: 'CAN_EDIT', privilege: 'EDIT MODELS' },
    { level: 'CAN_MANAGE_PRODUCTION_VERSIONS', privilege: 'PROMOTE MODELS' },
    { level: 'CAN_MANAGE', privilege: 'MANAGE' },
  ],
  job: [
    { level: 'CAN_VIEW', privilege: 'READ JOBS' },
    { level: 'CAN_MANAGE_RUN', privilege: 'RUN JOBS' },
    { level: 'CAN_MANAGE', privilege: 'MANAGE' },
  ],
  serving_endpoint: [
    { level: 'CAN_VIEW', privilege: 'VIEW ENDPOINT' },
    { level: 'CAN_QUERY', privilege: 'QUERY ENDPOINT' },
    { level: 'CAN_MANAGE', privilege: 'MANAGE' },
  ],
}

export const isObjectKind = (type: string): type is ObjectKind => Object.hasOwn(LEVELS, type)

/** The lowest level that includes a privilege, or the lowest of all. */
export const levelWith = (kind: ObjectKind, privilege: string | undefined): LevelName =>
  (LEVELS[kind].find((one) => one.privilege === privilege) ?? LEVELS[kind][0]!).level
