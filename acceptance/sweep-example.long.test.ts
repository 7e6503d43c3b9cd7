import { cp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { api } from './harness/api.js'
import { runCli } from './harness/cli.js'
import { freshFolder } from './harness/folder.js'
import { python } from './harness/python.js'
import { root } from './harness/root.js'
import { startServer } from './harness/server.js'

interface Entry {
  readonly key: string
  readonly value: string
}

interface Found {
  readonly runs: readonly {
    readonly info: { readonly run_id: string; readonly run_name: string; readonly status: string }
    readonly data: { readonly params?: readonly Entry[]; readonly tags?: readonly Entry[] }
  }[]
}

test.skipIf(!python)(
  'examples/sweep searches by a sweep and by Optuna, in runs below a parent',
  { timeout: 300_000 },
  async () => {
    await using server = await startServer()
    const folder = await freshFolder()
    await cp(join(root, 'examples/sweep'), folder, { recursive: true })
    // The first attempt is killed after its fourth trial.
    const script = join(folder, 'search.py')
    const kill =
      '    if trial.number == 3 and os.environ["CAIRN_TASK_ATTEMPT"] == "1":\n        os._exit(9)\n'
    await writeFile(
      script,
      (await readFile(script, 'utf8')).replace(/^ {4}return loss$/m, (line) => `${kill}${line}`),
    )
    const cli = (...args: string[]) => runCli(server.url, args)
    expect(await cli('bundle', 'deploy', '-C', folder)).toMatchObject({ code: 0 })
    const [job] = JSON.parse((await cli('jobs', 'list', '-o', 'json')).stdout)
    const run = await cli('jobs', 'run', String(job.job_id), '--wait')
    expect(run).toMatchObject({ code: 0, stdout: expect.stringMatching(/TRIAL +SHAPE +X +LOSS +RESULT/) })
    expect(run.stdout).toMatch(/^3 +narrow +4 +0.8 +SUCCESS|^2 +narrow +2 +0 +SUCCESS/m)
    expect(run.stderr).toContain('Best of grid: trial 2, run ')
    const mlflow = api(server.url)
    const { experiment } = await mlflow.get<{ experiment: { experiment_id: string } }>(
      '/api/2.0/mlflow/experiments/get-by-name',
      { experiment_name: '/sweep' },
    )
    const search = (filter: string) =>
      mlflow.post<Found>('/api/2.0/mlflow/runs/search', {
        experiment_ids: [experiment.experiment_id],
        filter,
      })
    const { runs } = await search('tags.`mlflow.parentRunId` IS NULL')
    expect(runs.map(({ info }) => info.run_name).sort()).toEqual(['grid', 'optuna'])
    for (const { info, data } of runs) {
      const children = await search(`tags.\`mlflow.parentRunId\` = '${info.run_id}'`)
      expect(children.runs).toHaveLength(info.run_name === 'grid' ? 6 : 10)
      if (info.run_name === 'optuna') {
        expect(new Set(children.runs.map((child) => child.info.status))).toEqual(new Set(['FINISHED']))
        const tried = children.runs.map((child) => child.data.params?.find(({ key }) => key === 'x')?.value)
        expect(new Set(tried).size).toBe(10)
      }
      const best = data.tags?.find(({ key }) => key === 'cairn.best_run_id')?.value
      expect(children.runs.map((child) => child.info.run_id)).toContain(best)
    }
  },
)
