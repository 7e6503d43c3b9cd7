import type { JobSettings } from '../../api/jobs.js'

type Check = (value: unknown) => boolean

const isObject: Check = (value) => typeof value === 'object' && value !== null && !Array.isArray(value)
const isText: Check = (value) => typeof value === 'string'
const isList =
  (isItem: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(isItem)
const isObjectOf =
  (isMember: Check): Check =>
  (value) =>
    isObject(value) && Object.values(value as object).every(isMember)
const members =
  (checks: Readonly<Record<string, Check>>): Check =>
  (value) =>
    isObject(value) && wrongMember(value as object, checks) === undefined

/** The first member that is present but fails its check. Null is absent. */
function wrongMember(value: object, checks: Readonly<Record<string, Check>>): string | undefined {
  const wrong = Object.entries(checks).find(([name, check]) => {
    const one = (value as Record<string, unknown>)[name]
    return one !== undefined && one !== null && !check(one)
  })
  return wrong?.[0]
}

const isScalar: Check = (value) => ['string', 'number', 'boolean'].includes(typeof value)
const hasKey: Check = (value) => isObject(value) && isText((value as { task_key?: unknown }).task_key)

const KINDS: Readonly<Record<string, Check>> = {
  spark_python_task: members({ python_file: isText }),
  python_wheel_task: members({ package_name: isText }),
  notebook_task: members({ notebook_path: isText }),
  node_task: members({ entry: isText, file: isText }),
  shell_task: members({ script: isText, file: isText }),
  sql_task: members({ query: members({ query_text: isText }), file: members({ path: isText }) }),
  condition_task: isObject,
  run_job_task: isObject,
}
const isPlainTask: Check = (value) =>
  hasKey(value) && members({ ...KINDS, depends_on: isList(hasKey) })(value)
const isSweep = members({
  parameters: isObjectOf(members({ values: isList(isScalar) })),
  objective: isObject,
  early_stop: isObject,
})
const isLoop: Check = (value) =>
  isObject(value) && isPlainTask((value as { task?: unknown }).task) && members({ sweep: isSweep })(value)
const isTask: Check = (value) => isPlainTask(value) && members({ for_each_task: isLoop })(value)

const CHECKS: Readonly<Partial<Record<keyof JobSettings, Check>>> = {
  name: isText,
  tags: isObjectOf(isScalar),
  tasks: isList(isTask),
  parameters: isList(isObject),
  files: isObjectOf(isText),
  run_as: isObject,
  schedule: (value) =>
    isObject(value) && isText((value as { quartz_cron_expression?: unknown }).quartz_cron_expression),
  trigger: members({
    periodic: isObject,
    file_arrival: isObject,
    table_update: members({ table_names: isList(isText) }),
  }),
  continuous: isObject,
}

/** The setting that the form cannot show, such as tasks that are no list. The server checks the rest. */
export const misshapenSetting = (settings: object): string | undefined => wrongMember(settings, CHECKS)
