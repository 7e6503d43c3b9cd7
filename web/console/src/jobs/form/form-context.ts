import type { JobSettings } from '../../api/jobs.js'
import type { Path } from './path.js'
import type { Problems } from './problems.js'

/** The settings that are edited, and the problems by path. */
export interface FormState {
  readonly settings: JobSettings
  readonly problems: Problems
  /** Undefined removes the setting. */
  readonly set: (path: Path, value: unknown) => void
  /** A field whose text cannot be read keeps the form from being saved. */
  readonly setUnread: (field: string, isUnread: boolean) => void
}
