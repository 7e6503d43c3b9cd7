// biome-ignore lint/style/noProcessEnv: it runs in the process of a task
const { MLFLOW_TRACKING_URI, MLFLOW_TRACKING_TOKEN, CAIRN_JOB_PARAMETERS = '{}' } = process.env

async function call(method, body, query = '') {
  const response = await fetch(`${MLFLOW_TRACKING_URI}/api/cairn/v1/task-values${query}`, {
    method,
    headers: { authorization: `Bearer ${MLFLOW_TRACKING_TOKEN}`, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  })
  const answer = await response.json()
  if (!response.ok) throw new Error(answer.message)
  return answer
}

/** The parameters of the run's job, by name. */
export const jobParameters = JSON.parse(CAIRN_JOB_PARAMETERS)

export const taskValues = {
  /** Sets a value of this task, which later tasks read as `{{tasks.KEY.values.NAME}}`: JSON of at most 48 KiB. */
  async set(key, value) {
    await call('POST', { key, value })
  },
  /** A value that an upstream task set or returned, or `fallback`. Throws without both. */
  async get(taskKey, key, fallback) {
    const query = new URLSearchParams({ task_key: taskKey, key })
    const { values } = await call('GET', undefined, `?${query}`)
    const value = Object.hasOwn(values, key) ? values[key] : fallback
    if (value === undefined) throw new Error(`Task '${taskKey}' has no value '${key}'`)
    return value
  },
}
