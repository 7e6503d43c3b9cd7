/** The privileges on an object that its rules and alerts need. */
export const RIGHTS = {
  experiment: { read: 'READ EXPERIMENTS', edit: 'EDIT EXPERIMENTS' },
  job: { read: 'READ JOBS', edit: 'EDIT JOBS' },
} as const
