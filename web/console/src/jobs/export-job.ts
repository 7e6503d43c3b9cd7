import type { Job } from '../api/jobs.js'
import { saveFile } from '../ui/save-file.js'

/** Saves the settings of a job in the form that `cairn jobs create` and the form of a new job read. */
export async function exportJob({ job_id, settings }: Job, format: 'yaml' | 'json') {
  const name = `${(settings.name || `job-${job_id}`).replaceAll(/[^\p{L}\p{N}._-]+/gu, '-')}.${format}`
  if (format === 'json') return saveFile(name, `${JSON.stringify(settings, null, 2)}\n`, 'application/json')
  const { stringify } = await import('yaml')
  saveFile(name, stringify(settings), 'application/yaml')
}
