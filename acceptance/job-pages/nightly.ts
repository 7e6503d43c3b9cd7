/** A task with a shell script. */
export const shell = (script: string, ...parameters: string[]) => ({ shell_task: { script, parameters } })
export const after = (...keys: string[]) => ({ depends_on: keys.map((task_key) => ({ task_key })) })
export const sweep = {
  inputs: '[1, 2, 3, 4]',
  task: {
    task_key: 'one',
    ...shell('[ "$1" != 3 ] || { echo "no fit for $1"; exit 1; }; echo "fit $1"', '{{input}}'),
  },
}
/** A job with a branch, a loop of which one iteration fails, and a schedule. */
export const NIGHTLY = {
  name: 'nightly',
  description: 'Imports ratings and trains.',
  tags: { team: 'recsys' },
  parameters: [{ name: 'mode', default: 'good' }],
  schedule: { quartz_cron_expression: '0 30 2 ? * MON-FRI', timezone_id: 'Asia/Seoul' },
  max_concurrent_runs: 3,
  tasks: [
    {
      task_key: 'load',
      ...shell('printf "\\033[31mred\\033[0m alert\\n"; for i in $(seq 400); do echo "row $i"; done'),
    },
    {
      task_key: 'is_good',
      ...after('load'),
      condition_task: { op: 'EQUAL_TO', left: '{{job.parameters.mode}}', right: 'good' },
    },
    { task_key: 'train', depends_on: [{ task_key: 'is_good', outcome: 'true' }], ...shell('echo trained') },
    { task_key: 'warn', depends_on: [{ task_key: 'is_good', outcome: 'false' }], ...shell('exit 1') },
    { task_key: 'sweep', ...after('train'), for_each_task: sweep },
    { task_key: 'report', ...after('sweep'), run_if: 'ALL_DONE', ...shell('echo reported') },
  ],
}
