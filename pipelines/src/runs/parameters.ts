import { invalid } from '@cairn/platform/errors'
import type { JobSettings } from '@cairn/platform/protocol/databricks/jobs'

/** The values of all parameters of a run. @throws INVALID_PARAMETER_VALUE for a parameter that the job does not have */
export function withDefaults(
  { parameters = [] }: JobSettings,
  values: Readonly<Record<string, string>>,
): Record<string, string> {
  const known = new Set(parameters.map((parameter) => parameter.name))
  const unknown = Object.keys(values).find((name) => !known.has(name))
  if (unknown !== undefined) throw invalid(`job_parameters: the job has no parameter '${unknown}'.`)
  const defaults = Object.fromEntries(parameters.map((parameter) => [parameter.name, parameter.default]))
  return { ...defaults, ...values }
}
