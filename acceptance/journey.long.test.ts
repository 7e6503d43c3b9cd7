import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { api, send } from './harness/api.js'
import { runCli } from './harness/cli.js'
import { demoRun, isWhole, popularityVersion, ratings, startDemoServer } from './harness/demo.js'
import { runProcess } from './harness/run-process.js'
import { cairn, MLFLOW_ONLY, type Server, startServer } from './harness/server.js'
import { ownersToken, tokenOf } from './harness/tokens.js'
import { until } from './harness/until.js'
import { ask, queryContinuously, versionOf } from './journey/queries.js'

/** Three baselines and the models that must beat them. */
const MODELS = ['Popularity', 'EASE', 'Markov-3', 'iALS', 'XGBoost two-stage', 'BERT4Rec', 'Hybrid']

describe('cairn up --demo --once, in an empty folder', () => {
  test('prints recommendations, leaderboard and links, and exits with 0', {
    timeout: 1_800_000,
  }, async () => {
    const { code, stdout, stderr, seconds } = await demoRun()
    console.log(`the demo took ${seconds.toFixed(1)} s`)
    expect([code, stderr]).toEqual([0, expect.not.stringContaining('failed')])
    expect(stdout.match(/^Recommendations after Star Wars.*, by .+\n {2}1\. /gm)).toHaveLength(2)
    expect(stdout.match(/^ {2}\d\. .+ -?\d+\.\d{3} {2}\S.+$/gm)).toHaveLength(10)
    expect(stdout).toMatch(/Leaderboard under [\w.]+ .*\n +model +Precision@10 +Recall@10 +NDCG@10/)
    for (const model of MODELS)
      expect(stdout).toMatch(new RegExp(`^ +${model}( +0\\.\\d{4} \\(0\\.\\d{4}–0\\.\\d{4}\\)){3}$`, 'm'))
    expect(stdout).toMatch(
      /Dashboard +http:\/\/127\.0\.0\.1:\d+\/\nMovie client +\S+\/movies\/\nAPI +\S+\/docs\n/,
    )
    expect(stdout).toMatch(/MLFLOW_TRACKING_URI=http:\/\/127\.0\.0\.1:\d+/)
  })

  test('prints one line per task when stdout is not a terminal', async () => {
    const { stdout, stderr } = await demoRun()
    const said = stdout + stderr
    const trained = ['train_als', 'train_two_stage', 'train_bert4rec', 'train_hybrid']
    for (const task of ['import', 'govern', 'features', ...trained, 'register', 'promote', 'deploy'])
      expect(said).toMatch(new RegExp(`^done +${task} `, 'm'))
  })

  test('serves a fast model first, and prints a line when a better one takes over', async () => {
    const { stdout, stderr } = await demoRun()
    const lines = stderr.split('\n')
    const at = (start: string) => lines.findIndex((line) => line.startsWith(start))
    expect(at('done     recommend ')).toBeGreaterThan(0)
    expect(at('done     recommend ')).toBeLessThan(at('started  train_two_stage '))
    const first = /^Recommendations after .*, by (.+)$/m.exec(stdout)![1]!
    expect(['Popularity', 'Markov-3']).toContain(first)
    for (const [line] of stdout.matchAll(/^movies is now served by .*$/gm))
      expect(line).toMatch(
        /^movies is now served by version \d+, .+ instead of version \d+, .+\. NDCG@10 differs by \+0\.\d+ .*: significantly better\.$/,
      )
    if (isWhole)
      expect(stdout).toMatch(/served by version \d+, XGBoost two-stage instead of version \d+, Markov-3/)
  })

  test('the models beat popularity, with plausible leave-one-out metrics', async () => {
    const { stdout } = await demoRun()
    const recall = (model: string) =>
      Number(new RegExp(`^ +${model} +0\\.\\d+ \\S+ +(0\\.\\d+)`, 'm').exec(stdout)?.[1])
    if (isWhole) expect(recall('iALS')).toBeGreaterThan(0.06) // recall@10 is HR@10
    for (const model of ['EASE', 'Markov-3', 'iALS', 'XGBoost two-stage', 'Hybrid'])
      expect([model, recall(model) > recall('Popularity')]).toEqual([model, true])
  })
})

describe('a server with the demo', () => {
  let server: Server
  let startMs: number
  /** The version that the gate promoted. */
  let best: string
  /** A version that the gate rejects. */
  let worst: string
  beforeAll(async () => {
    await demoRun()
    const begun = performance.now()
    server = await startDemoServer()
    startMs = performance.now() - begun
    best = await champion()
    worst = await popularityVersion(server.url)
  })
  afterAll(() => server?.stop())

  const rows = (table: string, token?: string) =>
    send(server.url, 'GET', `/api/cairn/v1/tables/main.movielens.${table}/rows`, {
      token,
      query: { limit: 3 },
    })
  const champion = async () =>
    (
      await api(server.url).get<{ model_version: { version: string } }>(
        '/api/2.0/mlflow/registered-models/alias',
        {
          name: 'movies',
          alias: 'champion',
        },
      )
    ).model_version.version
  const promote = (version: string, ...more: string[]) =>
    runCli(server.url, ['models', 'promote', 'movies', version, ...more])
  const served = (version: string) =>
    until(`version ${version} is served`, async () => versionOf(await ask(server.url)) === version)

  test('does not repeat the demo, and rejects other ratings', async () => {
    const [again, other] = [
      await runCli(server.url, ['demo']),
      await runCli(server.url, ['demo', '--source', 'ml-1m.zip']),
    ]
    expect([again.code, again.stdout]).toEqual([0, expect.stringContaining('Leaderboard')])
    expect([other.code, other.stderr]).toEqual([5, expect.stringContaining('The demo of this server uses')])
  })

  test('starts quickly and does not repeat the demo', async () => {
    console.log(`ready ${startMs.toFixed(0)} ms after its start; the goal is 1500 ms`)
    const { runs = [] } = await api(server.url).get<{ runs?: { state: { result_state?: string } }[] }>(
      '/api/2.2/jobs/runs/list',
    )
    expect(runs.map(({ state }) => state.result_state)).toEqual(['SUCCESS'])
    await served(best)
  })

  test('modelling reads ratings; a refusal names the missing privilege and who can grant it', async () => {
    const token = await tokenOf(server.url, 'trainer')
    expect((await rows('ratings', token)).json()).toMatchObject({ total_rows: ratings })
    const refused = await rows('tags', token)
    expect(refused.status).toBe(403)
    expect(refused.json<{ message: string }>().message).toMatch(
      /'trainer' lacks SELECT on table 'main\.movielens\.tags'\. Ask .*'data-engineering'.* to grant it\./,
    )
  })

  test('a grant by the owner gives access to a table, and revoking it removes the access', async () => {
    const token = await tokenOf(server.url, 'trainer')
    const engineer = api(server.url, await tokenOf(server.url, 'importer'))
    const path = '/api/2.1/unity-catalog/permissions/table/main.movielens.links'
    expect((await rows('links', token)).status).toBe(403)
    await engineer.patch(path, { changes: [{ principal: 'modelling', add: ['SELECT'] }] })
    expect((await rows('links', token)).status).toBe(200)
    await engineer.patch(path, { changes: [{ principal: 'modelling', remove: ['SELECT'] }] })
    expect((await rows('links', token)).status).toBe(403)
  })

  test('web may query the endpoint and may not read ratings', async () => {
    const token = await tokenOf(server.url, 'movies-web')
    expect((await rows('ratings', token)).status).toBe(403)
    expect((await rows('movies', token)).status).toBe(200)
    const asked = { token, body: { dataframe_records: [{ history: [1], k: 3 }] } }
    const answer = await send(server.url, 'POST', '/serving-endpoints/movies/invocations', asked)
    expect(
      answer.json<{ predictions: { recommendations: unknown[] }[] }>().predictions[0]!.recommendations,
    ).toHaveLength(3)
    for (const [method, path] of [
      ['DELETE', '/api/2.0/serving-endpoints/movies'],
      ['POST', '/api/2.0/mlflow/runs/create'],
      ['POST', '/api/cairn/v1/registered-models/movies/promotions'],
    ] as const)
      expect([
        path,
        (
          await send(server.url, method, path, {
            token,
            ...(method === 'POST' && { body: { version: '1' } }),
          })
        ).status,
      ]).toEqual([path, expect.toBeOneOf([403, 404])]) // 404 where the object is hidden
  })

  test('the audit log lists allowed and denied decisions with their reasons', async () => {
    const audit = async (query: Record<string, string>) =>
      (await api(server.url).get<{ events: Record<string, unknown>[] }>('/api/cairn/v1/audit', query)).events
    expect(
      await audit({ securable: 'main.movielens.tags', principal: 'trainer', outcome: 'denied' }),
    ).toContainEqual(
      expect.objectContaining({
        outcome: 'denied',
        reason: expect.stringContaining('missing SELECT'),
      }),
    )
    expect(
      await audit({ securable: 'main.movielens.ratings', principal: 'trainer', outcome: 'success' }),
    ).toContainEqual(
      expect.objectContaining({
        outcome: 'success',
        reason: expect.stringContaining('(modelling)'),
      }),
    )
    expect(
      await audit({ securable: 'main.movielens.ratings', principal: 'movies-web', outcome: 'success' }),
    ).toEqual([])
  })

  test('the gate rejects a version that is not better, shows figures, and keeps the alias', async () => {
    const { code, stdout } = await promote(worst, '-o', 'json')
    const checks = JSON.parse(stdout) as { name: string; passed: boolean; detail: string }[]
    const better = checks.find(({ name }) => name === 'better')
    expect([code, better]).toEqual([6, expect.objectContaining({ passed: false })])
    expect(better!.detail).toMatch(
      /NDCG@10 differs by −0\.\d+ \(95 % interval −0\.\d+ to [−+]0\.\d+\) over \d+ users/,
    )
    expect(await champion()).toBe(best)
  })

  test('an alias with a gate cannot be moved around it', async () => {
    const body = { name: 'movies', alias: 'champion', version: worst }
    const refused = await send(server.url, 'POST', '/api/2.0/mlflow/registered-models/alias', { body })
    expect([refused.status, refused.text]).toEqual([400, expect.stringMatching(/promot/)])
    expect(await champion()).toBe(best)
  })

  test('a forced promotion is recorded with its author, and the endpoint swaps versions without an error', async () => {
    const asking = queryContinuously(server.url)
    await until('answers of the champion', async () => (asking.versions.get(best) ?? 0) > 20)
    const forced = await runCli(server.url, [
      '--token',
      await tokenOf(server.url, 'trainer'),
      'models',
      'promote',
      'movies',
      worst,
      '--force',
      '--reason',
      'to see',
    ])
    expect([forced.code, forced.stderr]).toEqual([0, expect.stringContaining('forced by trainer')])
    await until('answers of the other version', async () => (asking.versions.get(worst) ?? 0) > 20)
    const back = await promote(best, '--force', '--reason', 'back') // better, but not significantly on an excerpt
    expect([back.code, back.stderr]).toEqual([
      0,
      expect.stringContaining(`movies@champion is now version ${best}`),
    ])
    const before = asking.versions.get(best)!
    await until('answers of the champion again', async () => asking.versions.get(best)! > before + 20)
    const { failures, versions } = await asking.stop()
    console.log(`${[...versions.values()].reduce((a, b) => a + b)} answers while the alias moved twice`)
    expect(failures).toEqual([])
    const { promotions } = await api(server.url).get<{ promotions: Record<string, unknown>[] }>(
      '/api/cairn/v1/registered-models/movies/promotions',
    )
    expect(promotions).toContainEqual(
      expect.objectContaining({ version: worst, verdict: 'forced', decided_by: 'trainer', reason: 'to see' }),
    )
  })

  test('the old version keeps serving when the new one fails to load', async () => {
    const { post, get } = api(server.url)
    const { run } = await post<{ run: { info: { run_id: string; artifact_uri: string } } }>(
      '/api/2.0/mlflow/runs/create',
    )
    const { model_version } = await post<{ model_version: { version: string } }>(
      '/api/2.0/mlflow/model-versions/create',
      { name: 'movies', source: `${run.info.artifact_uri}/nothing`, run_id: run.info.run_id },
    )
    const asking = queryContinuously(server.url)
    expect((await promote(model_version.version, '--force')).code).toBe(0)
    const state = async () => JSON.stringify(await get('/api/2.0/serving-endpoints/movies'))
    await until('the failure is shown', async () => (await state()).includes('nothing'))
    expect((await asking.stop()).failures).toEqual([])
    expect([...asking.versions.keys()]).toEqual([best])
    expect((await promote(best, '--force')).code).toBe(0)
    await api(server.url).delete('/api/2.0/mlflow/model-versions/delete', {
      name: 'movies',
      version: model_version.version,
    })
    await served(best)
    await until('the failure is no longer shown', async () => !(await state()).includes('nothing'))
  })

  test('Ctrl-C stops it with exit code 0', async () => {
    expect(await server.stop('SIGINT')).toEqual({ code: 0, signal: null })
  })
})

describe('a start with an obstacle', () => {
  test('takes the next free port and prints it', async () => {
    await using first = await startServer({ args: MLFLOW_ONLY })
    const { port } = new URL(first.url)
    await using second = await startServer({ args: [...MLFLOW_ONLY, '--port', port] })
    expect(second.stderr()).toContain(`Port ${port} is taken; using the next free one.`)
    expect(second.url).not.toBe(first.url)
    expect((await send(second.url, 'GET', '/health')).text).toBe('OK')
  })

  test('rejects a public address without authentication, with advice', async () => {
    const { code, stdout, stderr } = await runProcess(process.execPath, [
      cairn,
      'up',
      '--host',
      '0.0.0.0',
      '--port',
      '0',
    ])
    expect([code === 0, stdout, stderr.trim()]).toEqual([
      false,
      '',
      'Listening on 0.0.0.0 exposes the server to others. Set CAIRN_AUTH=required, so that every request needs a token, or listen on 127.0.0.1.',
    ])
  })

  test('CAIRN_AUTH=required demands a token on every address', async () => {
    const first = await startServer()
    const token = await ownersToken(first.url)
    await first.stop()
    const env = { CAIRN_AUTH: 'required' }
    await using server = await startServer({ folder: first.folder, args: ['--host', '0.0.0.0'], env })
    const url = server.url.replace('0.0.0.0', '127.0.0.1')
    const search = { query: { max_results: 5 } }
    const path = '/api/2.0/mlflow/experiments/search'
    expect((await send(url, 'GET', path, search)).status).toBe(401)
    expect((await send(url, 'GET', path, { ...search, token: 'guessed' })).status).toBe(401)
    expect((await send(url, 'GET', path, { ...search, token })).status).toBe(200)
    expect((await send(url, 'GET', '/health')).text).toBe('OK')
  })

  test('rejects a request with another Host', async () => {
    await using server = await startServer({ args: MLFLOW_ONLY })
    const refused = await send(server.url, 'POST', '/api/2.0/mlflow/runs/create', {
      body: {},
      headers: { origin: 'https://evil.example' },
    })
    expect([refused.status, refused.text]).toEqual([
      403,
      expect.stringContaining('Cross-origin request blocked'),
    ])
  })

  test('reports a data folder that is below a file in one sentence', async () => {
    const { code, stderr } = await runProcess(process.execPath, [
      cairn,
      'up',
      '--port',
      '0',
      '--data',
      '/dev/null/cairn',
    ])
    expect(code).not.toBe(0)
    expect(stderr.trim().split('\n')).toHaveLength(1)
    expect(stderr).toMatch(/data folder \/dev\/null\/cairn is a file or below one: .*--data/)
  })
})
